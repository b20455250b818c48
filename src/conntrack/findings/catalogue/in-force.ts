import type { Entry } from "./entry.ts";

const live = "sysctl net.netfilter.nf_conntrack_max; cat /sys/module/nf_conntrack/parameters/hashsize";
const files =
  "grep -rn conntrack /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d /etc/modprobe.d /etc/modules-load.d";
const load = "/etc/modules-load.d/nf_conntrack.conf: nf_conntrack";

/** 2xx: right in one place, and not in force in another. */
export const inForce = {
  CT201: {
    severity: "warning",
    title: "the live value is not the wanted one, and the play does not activate it",
    remedy: "add `activate: live` to the play, or set the value by other means",
    means: "The play wants another value than the kernel has, and has no task that makes it live.",
    why: "Files alone change nothing until a boot or a restart reads them. A conntrack task says what is wanted; an activate task makes it so.",
    see: [live],
    cure: ["- activate: live", "at once, by hand: sysctl -w net.netfilter.nf_conntrack_max=N"],
    ignore: "Where the change is meant to wait for the next planned boot.",
  },
  CT202: {
    severity: "warning",
    title: "wrong after the next boot: sysctl files are applied before the module is loaded",
    remedy: "have the module loaded at boot: a file in /etc/modules-load.d that names nf_conntrack",
    means: "After the next boot the table has the kernel's size, or 8 x hashsize, whatever the sysctl files say.",
    why: "systemd-sysctl runs before nf_conntrack is loaded by the firewall. The keys do not exist then; it logs that at debug level and succeeds. When the module comes, max is 8 x hashsize where modprobe.d gives a hash size, else the default: 4 x buckets to 5.14, 1 x buckets from 5.15 on. Debian 12 with its 6.1 kernel did exactly this. systemd-modules-load runs before systemd-sysctl, and so cures it; OpenRC starts modules before sysctl likewise.",
    see: [
      files,
      "grep -rn nf_conntrack /etc/modules-load.d /usr/lib/modules-load.d /etc/modules",
      "systemctl show -p After systemd-sysctl.service",
      "journalctl -b -u systemd-sysctl --no-pager",
    ],
    cure: [
      load,
      "EL6: /etc/sysconfig/modules/nf_conntrack.modules (mode 0755): modprobe nf_conntrack",
      "ctfleet apply playbooks/raise-ceiling.yaml",
    ],
    ignore: "On a host that is thrown away instead of rebooted.",
  },
  CT203: {
    severity: "warning",
    title: "an iptables restart loses the values",
    remedy:
      'set IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack" (".ip_conntrack" where the keys are so named) in /etc/sysconfig/iptables-config',
    means:
      "`service iptables restart` unloads the module and loads it anew; the values of sysctl files do not come back.",
    why: "iptables-services of EL6, and of EL7 before 1.4.21-29, unloads the modules on restart (IPTABLES_MODULES_UNLOAD, yes by default). After it has loaded them it looks for each text of IPTABLES_SYSCTL_LOAD_LIST in its sysctl files and applies the lines that hold it. The list is empty as shipped: nothing is applied. The hash size comes back from modprobe.d.",
    see: [
      "grep -n IPTABLES_ /etc/sysconfig/iptables-config",
      "grep -n SYSCTL_LOAD_LIST /etc/init.d/iptables /usr/libexec/iptables/iptables.init",
    ],
    cure: [
      '/etc/sysconfig/iptables-config: IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"',
      "ctfleet apply playbooks/raise-ceiling.yaml",
    ],
    ignore: "Where the firewall is only ever changed with `iptables-restore`, and never restarted.",
  },
  CT204: {
    severity: "warning",
    title: "the live value is not what the files say",
    remedy: "apply the files (sysctl --system), or write the live value into the file that sets it",
    means: "A file sets another value than the kernel has now. The next boot brings the one of the file.",
    why: "A file was changed and not applied, or somebody set the value by hand (sysctl -w) and left the file. A hash size in modprobe.d counts only when the module is loaded: it does nothing for a module that already is.",
    see: [live, files],
    cure: [
      "sysctl --system, for keys of sysctl files",
      "write the number of modprobe.d into /sys/module/nf_conntrack/parameters/hashsize",
      "ctfleet apply with a play that says what is wanted, and `- activate: live`",
    ],
    ignore: "While somebody tries a value by hand and the file is the way back.",
  },
  CT205: {
    severity: "warning",
    title: "only a reload or a reboot brings the wanted values, and the play does not allow it",
    remedy: "allow it in the activate task: activate: { with: auto, allow: [live, reload, reboot] }",
    means: "Files can be made right, and the running kernel cannot be brought there by setting values.",
    why: "Some things are decided when the module is loaded or the kernel starts: a key that only another kernel has, a hash size that may not be written here, a module that is to be gone. A restart of the firewall and a reboot interrupt connections, so no play does it unless it says so.",
    see: [live, "ls -l /sys/module/nf_conntrack/parameters/hashsize", "cat /proc/sys/kernel/modules_disabled"],
    cure: [
      "activate: { with: auto, allow: [live, reload, reboot] }",
      "or wait: the next planned boot brings the values",
    ],
    ignore: "Where the next boot is planned anyway.",
  },
  CT206: {
    severity: "info",
    title: "a trial is running: the live values go back by themselves",
    remedy: "keep the values with ctfleet persist RUN, or let the trial end",
    means: "Live values were set for a limited time. At its end a timer on the host sets the old ones again.",
    why: "A trial sets live values only and no files. Its timer is a systemd-run unit, or a detached shell where there is no systemd; /var/lib/ctfleet/trial says which run and until when. max stays where the old one would be below 1.25 x the entries in use. A boot ends a trial too.",
    see: ["cat /var/lib/ctfleet/trial", "systemctl list-timers --no-pager", live],
    cure: ["ctfleet persist RUN", "a later apply of a play that manages these values ends the trial"],
    ignore: "It tells what was asked for; while a trial runs, values that will not last are not reported.",
  },
  CT207: {
    severity: "warning",
    title: "right now, wrong after the next boot",
    remedy: "write the value where the boot reads it: ctfleet apply playbooks/raise-ceiling.yaml",
    means: "What the kernel has now, or what the play makes live, will be another value after the next boot.",
    why: "ctfleet works out the next boot from the host's files: when the module is loaded, with which hash size, and which sysctl files are applied after. The reason stands in the finding with file and line. A value that was set by hand and stands in no file is the most frequent case; max that no sysctl sets after a load with hashsize=N becomes 8 x N.",
    see: [live, files, "cat /proc/cmdline"],
    cure: [
      "/etc/sysctl.d/90-nf_conntrack.conf: net.netfilter.nf_conntrack_max = N",
      "/etc/modprobe.d/nf_conntrack.conf: options nf_conntrack hashsize=N",
      load,
    ],
    ignore: "Where the live value is meant to be temporary.",
  },
  CT208: {
    severity: "warning",
    title: "right after a boot, lost or changed at the next firewall restart",
    remedy: "write the value where the firewall's restart reads it; the finding names the file",
    means: "A restart of the firewall service, which an update of its package does too, leaves other values.",
    why: "A restart may unload the module (then max is 8 x hashsize or the default again) or apply sysctl files of its own: iptables-services reads only /etc/sysctl.conf on EL6 to 1.4.7-16 and on EL7 to 1.4.21-20, only /etc/sysctl.d/* on EL7 from -21 on, and only *.conf there on EL8 from 1.8.4-15 on. ufw applies /etc/ufw/sysctl.conf.",
    see: [
      "grep -n -e IPTABLES_ /etc/sysconfig/iptables-config",
      "grep -n -A3 SYSCTL_LOAD_LIST /etc/init.d/iptables /usr/libexec/iptables/iptables.init",
      files,
    ],
    cure: [
      "EL6, EL7 to 1.4.21-20: the keys in /etc/sysctl.conf; later: in /etc/sysctl.d/*.conf",
      '/etc/sysconfig/iptables-config: IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"',
      'or keep the module: IPTABLES_MODULES_UNLOAD="no"',
    ],
    ignore: "Where the service is never restarted and its package never updated.",
  },
  CT209: {
    severity: "warning",
    title: "conntrack is loaded from an initramfs that is older than modprobe.d",
    remedy: "build the initramfs anew: dracut -f, or update-initramfs -u",
    means:
      "At the next boot the module gets the hash size of the old copy, not the one that stands in /etc/modprobe.d.",
    why: "The initramfs holds a copy of modprobe.d from the time when it was built (dracut; update-initramfs). A module that is loaded from it gets the options of that copy; the files of the root file system come too late.",
    see: [
      "ls -lt /boot /etc/modprobe.d",
      "lsinitrd /boot/initramfs-$(uname -r).img | grep -e modprobe.d -e conntrack",
      "lsinitramfs /boot/initrd.img-$(uname -r) | grep -e modprobe.d -e conntrack",
    ],
    cure: ["EL, Fedora, SUSE: dracut -f", "Debian, Ubuntu: update-initramfs -u"],
    ignore: "Where the newer file of modprobe.d is about another module's options.",
  },
  CT211: {
    severity: "info",
    worst: "warning",
    title: "a change waits for its confirmation",
    remedy: "go on with the run that made it: ctfleet resume RUN; or let the host put it back",
    means:
      "A run has changed this host and has not confirmed it yet. If nobody does, the host puts the change back by itself; it is a warning where that time is over and nothing has.",
    why: "An apply with a risky change leaves a timer and a boot unit on the host, which put it back: values, modules, rules, files. The confirmation comes over a new connection, which proves that the host can still be reached, and takes both away. A controller that was cut off in between leaves this. A timer that somebody has stopped leaves it for good.",
    see: ["ls -l /var/lib/ctfleet", "systemctl list-timers --no-pager", "ps -ef"],
    cure: ["ctfleet resume last", "or wait: what is not confirmed goes back", "later: ctfleet rollback RUN"],
    ignore: "While the run goes on that is named.",
  },
  CT212: {
    severity: "info",
    worst: "warning",
    title: "a change was put back by the host itself, or by a rollback: the play is not in force",
    remedy: "find out why it was not confirmed, then apply the play again",
    means:
      "The last change that ctfleet made here is undone: files and values are those from before it, but for what the finding names. It is a warning where nobody asked for that, or where something was not put back.",
    why: "A host puts a change back where nobody confirms it in time (the change cut the way to it, or the controller died), where it goes down before that (a freeze, a power cut), and where a rollback or a failed apply asks for it. Table size and hash size stay where the old size would be below 1.25 x the entries in use; what somebody else has set or written since is left.",
    see: [
      "cat /var/lib/ctfleet/reverted",
      "grep -h left -r /var/lib/ctfleet --include=reverted",
      "journalctl -b --no-pager",
    ],
    cure: ["ctfleet apply PLAYBOOK; the next change takes this note away", "what was not put back: by hand"],
    ignore: "After a rollback that is meant to last.",
  },
} as const satisfies Record<string, Entry>;
