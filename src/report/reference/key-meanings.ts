/** A line on each key of a playbook, by the map that holds it; a test holds that every key has one, and no other. */
export const keyMeanings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "play.name": "for messages; else the pattern of hosts",
    "play.hosts": "a pattern of Ansible's: which hosts of the inventory",
    "play.become": "run as another user; the host's `ansible_become` comes before it, `-b` after it",
    "play.become_user": "as whom; the host's `ansible_become_user` comes before it; else root",
    "play.become_method": "sudo, su or doas; the host's `ansible_become_method` comes before it; else sudo",
    "play.serial":
      "sizes of the batches, the last one again and again; percentages are of all hosts of the play. Else one batch",
    "play.max_fail_percentage":
      "how many percent of a batch may fail; more stop the run. Default 0: one failure stops it",
    "play.max_fail":
      "how many hosts, or how many percent of the run's, may fail in the whole run; more stop it. Default: only the batches count",
    "play.any_errors_fatal": "one failure stops the run: nothing new is begun, in its batch neither. Default false",
    "play.order":
      "in which order hosts are taken: as the inventory has them, by name, or shuffled by a seed that is printed. `reverse` is short for `reverse_inventory`, `shuffled` for `shuffle`. Default `inventory`",
    "play.never_together": "names of variables: hosts that have the same value for one of them are never in one batch",
    "play.pause": "how long to wait between two batches. Default `0s`",
    "play.window": "when a batch may start; of several, one is enough. See below",
    "play.gates": "what must hold before each batch but the first. See below",
    "play.before":
      "programs that run for each host before its change, as to drain it; one that fails leaves the host untouched. See below",
    "play.after": "programs that run for each host after its change, whatever became of it. See below",
    "play.vars": "variables, above those of the inventory and below `-e`",
    "play.vars_files":
      "files of variables, above `vars` and below `-e`: looked up in `vars/` beside the playbook, then beside it; of a list within the list the first that is there. May be encrypted by ansible-vault",
    "play.tasks": "what should be; see below",
    "task.name": "for messages; else the kind and the file",
    "task.when": "expressions that must all be true; one that is unknown leaves the task out, with finding CT704",
    "conntrack.size": "how large the table should be: one of the rules below. Absent: the size is left alone",
    "conntrack.timeouts": "seconds by short name, see below",
    "conntrack.settings": "other conntrack keys by short name, see below",
    "conntrack.allow_lower": "may a larger value be lowered? Never below 1.25 times the entries in use. Default false",
    "template.src":
      "a name in `templates/` beside the playbook, in `templates/` beside its folder, or among the shipped ones",
    "template.dest": "an absolute path on the host; its folder must exist",
    "template.mode": 'octal digits in quotes, like "0644". Default: what the file has; 0644 for a new one',
    "template.owner": "a user by name or number. Default: what the file has; root for a new one",
    "template.group": "a group by name or number. Default: what the file has; root for a new one",
    "settings.path": "a file of the admin's. Mode and owner stay; a new file is root's, 0644",
    "settings.set": "settings to add or to change where they count; every other byte is kept",
    "settings.absent": "settings to remove, wherever they stand in the file",
    "settings.absent_lines":
      "whole lines to remove, blanks around them left out; `*`, `?` and `[...]` as in a shell pattern",
    "absent.path": "a file that should not be there",
    "module.name": "a kernel module, like `nf_conntrack` (`ip_conntrack` on the kernels that call it so)",
    "module.state":
      "`present`, which is the default: loaded, with the values that the play wants. `absent`: unloaded with its users, in an order from the host's own list, refused where something else holds it. `nf_conntrack` goes only from a host that does not need it. Acts where the play activates anything; else what differs is finding CT201",
    "command.run":
      "a program and its words. No shell reads them: a list is taken word for word, a text is split as a shell splits it, and its operators are errors. Commands before the first task that writes a file run before any is written, those behind `activate` after it, others between the two",
    "command.unless":
      "a program that changes nothing, asked whenever the host is read, for 10 s at the most: where it ends with 0 there is nothing to do. Where it does not answer, `run` is never run",
    "command.undo":
      "a program that takes it back, run when the change is put back. Without it a revert says what is left",
    "command.within": "how long each of them may take. Default `30s`",
    "activate.with":
      "how live values become the wanted ones. `none`, which is the default: differences are finding CT201. `live`: they are set, one by one. `reload`: the firewall's service is restarted where that brings them, else the modules are unloaded and loaded. `reboot`: the host is rebooted, if its next boot is predicted to bring them. `auto`: the least disruptive of `allow` that reaches the goal",
    "activate.allow":
      "what `auto` may do. Default `[live]`. Where nothing of it reaches the goal the plan says what is needed, finding CT205",
    "activate.even_if":
      "what a restart of the firewall may lose: rules of these programs, or live rules that are not the saved ones (`rules_differ`). Default: none, and such a restart is refused",
    "activate.reboot_within": "until when a rebooted host must be back. Default `10m`",
    "activate.stable_for": "for how long it must stay so. Default `10s`",
    "activate.confirm_within":
      "the host puts a change back by itself unless it is confirmed over a new connection within this time, after a reboot within this time of its boot. `off`: it never does. It holds for the whole play, commands among it. Default `2m`",
    "verify.otherwise":
      "what becomes of a change after which one of these does not hold: `keep`, which is the default, or `revert`",
    "verify.that":
      "expressions that must all be true; one that is false or unknown is finding CT701, and after a change the host has failed",
    "window.days": "days, or from one to another as in `mon-fri`, over the end of the week too. Default: every day",
    "window.from": 'a time in quotes, like `"22:00"`. Default: the whole day',
    "window.to":
      'a time in quotes, up to `"24:00"`; not part of the window. Before `from`: on the next day, which counts to the day of the beginning. The same as `from`: the whole day',
    "window.zone": "a name of the time zone database, like `Europe/Berlin`",
    "gate.name": "for messages; else what it asks",
    "gate.that":
      "expressions that must be true of every host that this run has changed, by facts gathered anew. Beside `facts`, `vars`, `host` and `play` there is `since.drops`: packets that conntrack has dropped since the host's change. What is unknown is closed",
    "gate.http": "an address that is asked from here: open where it answers with one of `status` (default 200)",
    "gate.command": "a program on this machine and its words: open where it ends with 0",
    "gate.prometheus":
      "the address of a Prometheus, an instant query, and whether its result is to be `present` or `absent`, as an alert's expression is while nothing is wrong",
    "gate.within": "for how long a closed gate is looked at again; `0s`: once. Default `5m`",
    "gate.every": "how long to wait between two looks. Default `15s`",
    "hook.name": "for messages; else its words",
    "hook.local":
      "a program on this machine and its words, each a template that knows `host.name`, `host.groups`, `host.address`, `vars` and `play.name`. No shell reads them. One that reads a vault is an error",
    "hook.remote": "the same on the host, as the user of the play",
    "hook.within": "how long it may take. Default `60s`",
    "size.rule": "which rule",
    "size.share": "share of memory that a full table's entries may take",
    "size.per_core": "entries for each CPU",
    "size.minimum": "at least so many entries",
    "size.max": "entries",
    "size.buckets": "buckets; instead of `buckets_ratio`",
    "size.buckets_ratio": "entries per bucket. Default: 8 for `classic`; else 1 from kernel 5.15 on, 4 before",
    "size.floor": "never fewer entries than this",
    "size.ceiling": "never more entries than this",
    "size.tolerance": "a value within this of the computed one stays as it is",
    "size.guard": "a table that takes a larger share of memory when full is refused, now and for the next boot",
  }),
);
