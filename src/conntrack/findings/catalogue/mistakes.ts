import type { Entry } from "./entry.ts";

const files = "grep -rn conntrack /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d";
const hashsize = "/etc/modprobe.d/nf_conntrack.conf: options nf_conntrack hashsize=N";

/** 4xx: lines of files that do nothing, or not what they seem to do. */
export const mistakes = {
  CT401: {
    severity: "warning",
    title: "a counter is set in a sysctl file: nf_conntrack_count can only be read",
    remedy: "remove the line; it was meant to be nf_conntrack_max",
    means: "The line does nothing, and every `sysctl -p` ends with an error because of it.",
    why: "nf_conntrack_count is the number of entries in use; its file is 0444. It was copied from a listing of `sysctl -a` more often than not.",
    see: [files, "ls -l /proc/sys/net/netfilter/nf_conntrack_count"],
    cure: [
      "settings: { path: FILE, absent: [net.netfilter.nf_conntrack_count] }",
      "ctfleet apply playbooks/raise-ceiling.yaml takes it out of /etc/sysctl.conf",
    ],
    ignore: "It changes nothing; only its error may hide another one.",
  },
  CT402: {
    severity: "warning",
    title: "there is no sysctl key nf_conntrack_hashsize",
    remedy: "set hashsize in modprobe.d: options nf_conntrack hashsize=N",
    means: "The line does nothing: the hash size is what the module was loaded with.",
    why: "The hash size is a parameter of the module, not a sysctl: /sys/module/nf_conntrack/parameters/hashsize, from 2.6.20 to 6.18. As a sysctl it is called nf_conntrack_buckets, and can be written from about 4.8 on.",
    see: [files, "cat /sys/module/nf_conntrack/parameters/hashsize"],
    cure: [hashsize, "settings: { path: FILE, absent: [net.netfilter.nf_conntrack_hashsize] }"],
    ignore: "It changes nothing; the number in it may have been thought to be in force.",
  },
  CT403: {
    severity: "warning",
    title: "nf_conntrack_buckets in a sysctl file does nothing on this kernel: it is read-only",
    remedy: "set hashsize in modprobe.d: options nf_conntrack hashsize=N",
    means: "The line does nothing: the hash size is what the module was loaded with.",
    why: "nf_conntrack_buckets is 0444 before about 4.8 (3183ab8997a4), and later in every network namespace but the first. Until f6351c3f1c27 (2021) it showed a stale number after the size was changed through sysfs.",
    see: [
      "ls -l /proc/sys/net/netfilter/nf_conntrack_buckets",
      files,
      "cat /sys/module/nf_conntrack/parameters/hashsize",
    ],
    cure: [hashsize, "settings: { path: FILE, absent: [net.netfilter.nf_conntrack_buckets] }"],
    ignore: "It changes nothing here; the same file may be right on newer kernels.",
  },
  CT404: {
    severity: "warning",
    title: "a key of old kernels (ip_conntrack) that this kernel does not have",
    remedy: "use the name net.netfilter.nf_conntrack_max",
    means: "The line does nothing: the limit that somebody wanted is not set by it.",
    why: "Before 2.6.20 the module was ip_conntrack and its keys net.ipv4.netfilter.ip_conntrack_* and net.ipv4.ip_conntrack_max. Kernels to 4.18 could still show some of those names (CONFIG_NF_CONNTRACK_PROC_COMPAT); then they are in force, and this is not reported.",
    see: [files, "ls /proc/sys/net/ipv4 /proc/sys/net/ipv4/netfilter"],
    cure: [
      "/etc/sysctl.d/90-nf_conntrack.conf: net.netfilter.nf_conntrack_max = N",
      "settings: { path: FILE, absent: [net.ipv4.ip_conntrack_max] }",
    ],
    ignore: "In a file that is shared with hosts of old kernels.",
  },
  CT405: {
    severity: "warning",
    title: "hashsize is set from rc.local, which overrules modprobe.d at each boot",
    remedy: "remove the line; modprobe.d does the same when the module is loaded: playbooks/raise-ceiling.yaml",
    means: "Whatever modprobe.d says, after a boot the hash size is the one of rc.local.",
    why: "rc.local runs last at boot and writes /sys/module/nf_conntrack/parameters/hashsize. That was the way before the option of the module was known. It is lost when the module is loaded anew, so the two numbers part at the next firewall restart.",
    see: ["grep -n hashsize /etc/rc.local /etc/rc.d/rc.local"],
    cure: [
      hashsize,
      "settings: { path: /etc/rc.d/rc.local, absent_lines: [hashsize] }",
      "ctfleet apply playbooks/raise-ceiling.yaml",
    ],
    ignore: "Where conntrack is built in: modprobe.d has no say there.",
  },
  CT406: {
    severity: "info",
    title: "IPTABLES_SYSCTL_LOAD_ON_START is set, and nothing reads it",
    remedy: "remove it; IPTABLES_SYSCTL_LOAD_LIST alone is read, on start and on restart",
    means: "The line does nothing.",
    why: "Some guides name it beside the list. No start script of iptables-services that was read uses it (EL6 to EL8): the list is applied on start, restart and reload alike.",
    see: [
      "grep -rn SYSCTL_LOAD /etc/sysconfig/iptables-config /etc/init.d/iptables /usr/libexec/iptables/iptables.init",
    ],
    cure: ["settings: { path: /etc/sysconfig/iptables-config, absent: [IPTABLES_SYSCTL_LOAD_ON_START] }"],
    ignore: "Always: it does no harm.",
  },
  CT407: {
    severity: "warning",
    title: "a value that is no plain number",
    remedy: "write a whole decimal number: no unit, no quotes, no leading 0",
    means: "The line does nothing, or sets another value than it seems to.",
    why: "The kernel refuses `1M`, `64k`, `262144;` and a quoted number with EINVAL, and the old value stays. A number with a leading 0 is octal: 010 is 8. What follows a number after a space is not read, so `262144 # doubled` works. A module that is given `hashsize=64k` refuses to load, and the firewall with it.",
    see: [files, "grep -rn hashsize /etc/modprobe.d", "journalctl -b -u systemd-sysctl --no-pager"],
    cure: ["net.netfilter.nf_conntrack_max = 1048576", "options nf_conntrack hashsize=65536"],
    ignore: "Never: the line does not do what it says.",
  },
  CT408: {
    severity: "warning",
    title: "one file sets the same value twice and differently; the last line counts",
    remedy: "remove the lines that do not count",
    means: "One of the lines is without effect, and who reads only that one is misled.",
    why: "Within a file the last line wins. All names of the table size are one value, so net.nf_conntrack_max overrules net.netfilter.nf_conntrack_max above it. modprobe adds up all options lines of a module, and the last hashsize wins.",
    see: ["grep -n conntrack FILE"],
    cure: ["keep the line that the finding says counts, and remove the others"],
    ignore: "Where the lines are made by a tool that appends, and the last one is meant.",
  },
  CT409: {
    severity: "warning",
    title: "a key is written with slashes, where the iptables restart looks for dots",
    remedy: "write the key with dots: net.netfilter.nf_conntrack_max",
    means: "A boot applies the line; a restart of iptables does not find it, and the value is lost then.",
    why: "iptables-services looks for the texts of IPTABLES_SYSCTL_LOAD_LIST with fgrep. `.nf_conntrack` is not a part of net/netfilter/nf_conntrack_max, though every sysctl reader takes both for one key.",
    see: [
      "grep -n IPTABLES_SYSCTL_LOAD_LIST /etc/sysconfig/iptables-config",
      "grep -rn net/netfilter /etc/sysctl.conf /etc/sysctl.d",
    ],
    cure: [
      "net.netfilter.nf_conntrack_max = N in place of net/netfilter/nf_conntrack_max = N",
      'or /etc/sysconfig/iptables-config: IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack /nf_conntrack"',
    ],
    ignore: "Where the start script does not unload the modules (EL7 from 1.4.21-29, EL8).",
  },
} as const satisfies Record<string, Entry>;
