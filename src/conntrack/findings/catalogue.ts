import type { Severity } from "../../model/finding.ts";

type Entry = { readonly severity: Severity; readonly title: string; readonly remedy: string };

/**
 * Every finding by its stable code: 1xx pressure, 2xx not in force, 3xx overruled, 4xx mistakes in files, 5xx risk, 6xx what cannot be
 * done on this host, 7xx what the play asked for. A code is never given another meaning.
 */
export const catalogue = {
  CT101: {
    severity: "error",
    title: "the table was full and packets were dropped",
    remedy: "raise the table size from memory: ctfleet apply playbooks/raise-ceiling.yaml",
  },
  CT102: {
    severity: "info",
    title: "the table was full at some time before",
    remedy: "nothing now; the kernel's log keeps old lines until they are pushed out",
  },
  CT103: {
    severity: "warning",
    title: "the table is nearly full",
    remedy: "raise the table size, or lower the timeouts: playbooks/raise-ceiling.yaml, playbooks/timeouts.yaml",
  },
  CT104: {
    severity: "info",
    title: "drop counters are not zero; they count since boot",
    remedy: "compare with a later audit: only a counter that grows is a fault now",
  },
  CT201: {
    severity: "warning",
    title: "the live value is not the wanted one, and the play does not activate it",
    remedy: "add `activate: live` to the play, or set the value by other means",
  },
  CT202: {
    severity: "warning",
    title: "right now, wrong after the next boot: sysctl files are applied before the module is loaded",
    remedy: "have the module loaded at boot: a file in /etc/modules-load.d that names nf_conntrack",
  },
  CT203: {
    severity: "warning",
    title: "an iptables restart loses the values",
    remedy:
      'set IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack" (".ip_conntrack" where the keys are so named) in /etc/sysconfig/iptables-config',
  },
  CT301: {
    severity: "warning",
    title: "right now, wrong after the next boot: a file that is read later sets another value",
    remedy: "remove the line, or give the play's file a name that sorts after it",
  },
  CT401: {
    severity: "warning",
    title: "a counter is set in a sysctl file: nf_conntrack_count can only be read",
    remedy: "remove the line; it was meant to be nf_conntrack_max",
  },
  CT402: {
    severity: "warning",
    title: "there is no sysctl key nf_conntrack_hashsize",
    remedy: "set hashsize in modprobe.d: options nf_conntrack hashsize=N",
  },
  CT403: {
    severity: "warning",
    title: "nf_conntrack_buckets in a sysctl file does nothing on this kernel: it is read-only",
    remedy: "set hashsize in modprobe.d: options nf_conntrack hashsize=N",
  },
  CT404: {
    severity: "warning",
    title: "a key of old kernels (ip_conntrack) that this kernel does not have",
    remedy: "use the name net.netfilter.nf_conntrack_max",
  },
  CT405: {
    severity: "warning",
    title: "hashsize is set from rc.local, which overrules modprobe.d at each boot",
    remedy: "remove the line; modprobe.d does the same when the module is loaded: playbooks/raise-ceiling.yaml",
  },
  CT406: {
    severity: "info",
    title: "IPTABLES_SYSCTL_LOAD_ON_START is set, and nothing reads it",
    remedy: "remove it; IPTABLES_SYSCTL_LOAD_LIST alone is read, on start and on restart",
  },
  CT501: {
    severity: "info",
    title: "few buckets for this kernel: from 5.15 on, inserts on long chains are refused",
    remedy: "use one bucket per entry: buckets_ratio: 1",
  },
  CT601: {
    severity: "info",
    title: "this guest may not set the table size: it belongs to the host below",
    remedy: "raise it on the host below; nothing can be done in here",
  },
  CT602: {
    severity: "info",
    title:
      "conntrack is built into this kernel: modprobe.d has no say, and a hash size set live is lost at the next boot",
    remedy: "put it on the kernel command line: nf_conntrack.hashsize=N",
  },
  CT603: {
    severity: "info",
    title: "this kernel has no connection tracking",
    remedy: "nothing to do",
  },
  CT604: {
    severity: "warning",
    title: "not proven: what the play manages could not be read here",
    remedy: "run with become (-b), so that root's files can be read",
  },
  CT605: {
    severity: "info",
    title: "files that could not be searched: what they say of connection tracking is not known",
    remedy: "run with become (-b); a file with NUL bytes or that is no regular file is not searched at all",
  },
  CT606: {
    severity: "warning",
    title: "not seen as root: whether the table was full in the past is not known",
    remedy: "run with become (-b), so that the kernel's log can be read",
  },
  CT607: {
    severity: "warning",
    title: "the changes need root, and this login has no right to make them",
    remedy: "run with become: -b, become: true in the play, or ansible_become in the inventory",
  },
  CT701: {
    severity: "error",
    title: "a check of the play does not hold",
    remedy: "see the check and the facts that it names: ctfleet facts",
  },
  CT702: {
    severity: "info",
    title: "larger than the play asks for, and left so",
    remedy: "set allow_lower: true in the conntrack task if it should shrink",
  },
  CT703: {
    severity: "info",
    title: "this kernel does not have some of the keys in the play",
    remedy: "nothing; they are skipped here",
  },
  CT704: {
    severity: "warning",
    title: "a condition could not be worked out, so its task was left out",
    remedy: "run with become (-b), or make the condition depend on facts that this host has",
  },
} as const satisfies Record<string, Entry>;

export type FindingCode = keyof typeof catalogue;
