import type { Entry } from "./entry.ts";

const sizes = "cat /proc/sys/net/netfilter/nf_conntrack_max /sys/module/nf_conntrack/parameters/hashsize";
const slab = "grep -e '^nf_conntrack' -e '^ip_conntrack' /proc/slabinfo";
const memory = "grep -e MemTotal -e MemAvailable -e LowTotal -e Slab /proc/meminfo";
const established = "cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established";

/** 5xx: it works, and may not under load or after the next boot. */
export const risks = {
  CT501: {
    severity: "info",
    title: "few buckets for this kernel: from 5.15 on, inserts on long chains are refused",
    remedy: "use one bucket per entry: buckets_ratio: 1",
    means: "Packets may be dropped before the table is full.",
    why: "With 4 entries or more to a bucket the average chain of a full table holds 8 or more, since each entry is hashed twice. Kernels from 5.15 on refuse an insert on a chain that is too long (see CT106), and their own default is one bucket per entry (d532bcd0b269). A bucket costs 8 bytes.",
    see: [sizes, "uname -r", "cat /proc/net/stat/nf_conntrack"],
    cure: [
      "conntrack: { size: { rule: memory, buckets_ratio: 1 } }",
      "/etc/modprobe.d/nf_conntrack.conf: options nf_conntrack hashsize=N, with N equal to nf_conntrack_max",
    ],
    ignore: "Where chaintoolong stays 0 with a table that is as full as it gets.",
  },
  CT502: {
    severity: "warning",
    title: "a full table would take too much memory",
    remedy: "lower nf_conntrack_max, or give the host more memory",
    means: "Whoever fills the table, by an attack or a fault, takes so much kernel memory that the host may freeze.",
    why: "An entry takes one object of the slab (256 to 384 bytes, by kernel) and what NAT, accounting and time stamps add; a bucket takes a pointer, twice with NAT. It is kernel memory: never swapped, not charged to a cgroup. max 0 means no limit at all. The share that counts is that of the guard, 25% where a play says nothing.",
    see: [sizes, slab, memory],
    cure: [
      "conntrack: { size: { rule: memory, share: 5% }, allow_lower: true }",
      "at once: sysctl -w net.netfilter.nf_conntrack_max=N, above 1.25 x the entries in use",
    ],
    ignore: "On a gateway whose memory is there for nothing but its table.",
  },
  CT503: {
    severity: "warning",
    title: "after the next boot a full table would take too much memory",
    remedy: "set nf_conntrack_max in a sysctl file that is applied after the module is loaded, or lower hashsize",
    means: "The table is fit for this host now; the next boot gives it a size that is not.",
    why: "Loading the module with hashsize=N makes max 8 x N (3.18, 5.10 and 6.1 were seen to). Where sysctl files are applied before the load, or none sets max, that number stays.",
    see: [
      "grep -rn hashsize /etc/modprobe.d /usr/lib/modprobe.d",
      "grep -rn nf_conntrack /etc/modules-load.d /usr/lib/modules-load.d /etc/modules",
      memory,
    ],
    cure: [
      "/etc/modules-load.d/nf_conntrack.conf: nf_conntrack",
      "/etc/sysctl.d/90-nf_conntrack.conf: net.netfilter.nf_conntrack_max = N",
      "ctfleet apply playbooks/raise-ceiling.yaml",
    ],
    ignore: "Never: it shows on the day on which it hurts.",
  },
  CT504: {
    severity: "info",
    title: "a NAT gateway keeps established connections for five days",
    remedy: "lower the established timeout: playbooks/timeouts.yaml",
    means: "Connections whose end was never seen hold an entry, and a port of the outer address, for five days.",
    why: "nf_conntrack_tcp_timeout_established is 432000 s by default, since 2.4. Clients that vanish (phones, crashed hosts, cut links) close nothing. RFC 5382 asks a NAT to keep an idle connection for 2 h 4 min at the least; everything above is room that is given away.",
    see: [established, "cat /proc/net/ip_tables_names", "lsmod | grep nat"],
    cure: [
      "conntrack: { timeouts: { tcp_established: 54000 } }",
      "/etc/sysctl.d/90-nf_conntrack.conf: net.netfilter.nf_conntrack_tcp_timeout_established = 54000",
    ],
    ignore: "Where sessions stay idle for days without keep-alive, and the table is large enough for that.",
  },
  CT505: {
    severity: "warning",
    title: "the established timeout is below 2 h 4 min: idle TCP sessions are cut",
    remedy: "raise tcp_established to 7440 or more",
    means: "A session that is idle for longer is forgotten. Its next packet is taken for a new connection, or dropped.",
    why: "TCP keep-alive starts after 7200 s by default on Linux (tcp_keepalive_time) and most others. An entry that lives shorter is gone before the first probe renews it: RFC 5382 therefore asks for 2 h 4 min, 7440 s. Databases and SSH sessions without traffic are the ones that notice.",
    see: [established, "cat /proc/sys/net/ipv4/tcp_keepalive_time"],
    cure: [
      "conntrack: { timeouts: { tcp_established: 7440 } }",
      "or ServerAliveInterval and the like in what must stay open",
    ],
    ignore: "On a balancer or proxy in front of traffic that never idles.",
  },
  CT506: {
    severity: "info",
    title: "connection tracking is loaded, and nothing here uses it",
    remedy: "where it is not needed remove it: playbooks/remove-conntrack.yaml",
    means: "Each packet costs a look-up, and a full table could drop packets, for nobody's benefit.",
    why: "The module was once loaded, by a listing of NAT rules, by a firewall that is gone or by name at boot, and stays. No loaded module uses it, no rules are in the kernel, no service and no saved rules will need it at the next boot: that is read from /proc and from files. A kernel from 4.3 on tracks packets only where rules ask for it.",
    see: ["lsmod | grep conntrack", "cat /proc/net/ip_tables_names", "cat /proc/sys/net/netfilter/nf_conntrack_count"],
    cure: [
      "ctfleet apply playbooks/remove-conntrack.yaml",
      "/etc/modprobe.d/no-conntrack.conf: blacklist nf_conntrack",
    ],
    ignore: "On a host that will get a firewall again.",
  },
} as const satisfies Record<string, Entry>;
