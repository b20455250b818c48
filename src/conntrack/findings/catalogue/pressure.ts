import type { Entry } from "./entry.ts";

const counters = "cat /proc/net/stat/nf_conntrack";
const usage = "cat /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max";
const lines = "dmesg | grep 'conntrack: table full'";

/** 1xx: the table is or was too small for what goes through it. */
export const pressure = {
  CT101: {
    severity: "error",
    title: "the table was full and packets were dropped",
    remedy: "raise the table size from memory: ctfleet apply playbooks/raise-ceiling.yaml",
    means:
      "New connections failed within the last hour, and since ctfleet last changed this host. What had an entry went on; every packet that would have opened a new one was dropped, SSH included.",
    why: "When count reaches nf_conntrack_max the kernel looks for an entry of a half-open connection to evict (early_drop); where it finds none it drops the packet and logs `nf_conntrack: table full, dropping packet` (`ip_conntrack:` before 2.6.20; newer kernels print the prefix twice). The log is rate-limited (`N callbacks suppressed`), so counts of lines are lower bounds. The column `drop` of /proc/net/stat/nf_conntrack counts since the module was loaded.",
    see: [lines, usage, counters],
    cure: [
      "ctfleet apply playbooks/raise-ceiling.yaml",
      "/etc/sysctl.d/90-nf_conntrack.conf: net.netfilter.nf_conntrack_max = N, and /etc/modprobe.d/nf_conntrack.conf: options nf_conntrack hashsize=N",
      "at once, until the next boot: sysctl -w net.netfilter.nf_conntrack_max=N",
    ],
    ignore: "Never while it is reported: it is reported only while it is fresh.",
  },
  CT102: {
    severity: "info",
    title: "the table was full at some time before",
    remedy: "nothing now; the kernel's log keeps old lines until they are pushed out",
    means: "The log holds lines on a full table that are older than an hour, or older than the last change here.",
    why: "The kernel's ring buffer is not emptied when the cause is gone: an old line is history. Whether the table is large enough now is a question for its usage under load.",
    see: [lines, usage],
    cure: [
      "where usage comes near the limit at busy hours: ctfleet apply playbooks/raise-ceiling.yaml",
      "else nothing: the lines go with the next boot",
    ],
    ignore: "Once the table was raised after the newest of these lines.",
  },
  CT103: {
    severity: "warning",
    title: "the table is nearly full",
    remedy: "raise the table size, or lower the timeouts: playbooks/raise-ceiling.yaml, playbooks/timeouts.yaml",
    means: "80% of the entries or more are in use: the next burst fills the table, and then new connections fail.",
    why: "Entries stay until their timeout: five days for an established TCP connection whose end was never seen, 600 s for protocols that the kernel does not know, 120 s after a TCP connection was closed. So the number in use follows the timeouts as much as the traffic.",
    see: [
      usage,
      'awk \'{ n[$3 " " ($3 == "tcp" ? $6 : "")]++ } END { for (k in n) print n[k], k }\' /proc/net/nf_conntrack',
    ],
    cure: ["ctfleet apply playbooks/raise-ceiling.yaml", "ctfleet apply playbooks/timeouts.yaml"],
    ignore: "On a host whose table is sized by hand for a number of connections that cannot grow.",
  },
  CT104: {
    severity: "info",
    title: "drop counters are not zero; they count since boot",
    remedy: "compare with a later audit: only a counter that grows is a fault now",
    means: "At some time since the module was loaded packets were dropped because no entry could be made for them.",
    why: "`drop` in /proc/net/stat/nf_conntrack is a sum over the life of the module, one row per CPU, in hexadecimal. A full table is the usual cause; a packet that a protocol helper refuses and a lack of memory count too.",
    see: [counters, usage],
    cure: ["where it grows: ctfleet apply playbooks/raise-ceiling.yaml"],
    ignore: "Where a second look after some minutes of normal load shows the same number.",
  },
  CT105: {
    severity: "info",
    worst: "warning",
    title: "counters of trouble with new entries are high: insert_failed, early_drop, search_restart",
    remedy:
      "compare with a later audit; where they grow raise the table size and its buckets: playbooks/raise-ceiling.yaml",
    means:
      "early_drop: entries of half-open connections were evicted to make room, so the table was full. insert_failed: an entry lost against another one for the same connection, and its packet was dropped. search_restart: look-ups began anew because a chain changed under them.",
    why: "insert_failed grows where one socket sends two packets at the same time before the first has an entry: DNS clients that ask for A and AAAA at once behind NAT are the classic case (kernels before 5.0 lose such packets most). It also grows where NAT finds no free port. search_restart grows with long chains and with resizing of the hash table. All of them are sums since the module was loaded: it is told as a warning only in the first hour after a boot, at one a second or more.",
    see: [counters, usage, "cat /sys/module/nf_conntrack/parameters/hashsize"],
    cure: [
      "early_drop: ctfleet apply playbooks/raise-ceiling.yaml",
      "insert_failed with DNS: `options single-request-reopen` in resolv.conf of the clients, or a DNS cache on the host",
      "search_restart: more buckets, buckets_ratio: 1 in the conntrack task",
    ],
    ignore: "insert_failed of less than one a second, without complaints, is normal on a busy gateway.",
  },
  CT106: {
    severity: "info",
    worst: "warning",
    title: "entries were refused because their chain was too long",
    remedy: "give the table more buckets: buckets_ratio: 1 in the conntrack task, playbooks/raise-ceiling.yaml",
    means: "Packets were dropped although the table was not full: too many entries shared one bucket.",
    why: "From 5.15 on the kernel walks at most a bounded number of entries of a chain before it refuses a new one: a random number from 8 to 31 at first, from 50 to 79 since c77737b736ce (2023, in stable kernels too). Each entry stands in two chains, so with 8 entries to a bucket a chain holds 16 on average. The counter is a sum since the module was loaded.",
    see: [
      counters,
      "cat /proc/sys/net/netfilter/nf_conntrack_max /sys/module/nf_conntrack/parameters/hashsize",
      "uname -r",
    ],
    cure: [
      "conntrack: { size: { rule: memory, buckets_ratio: 1 } }",
      "/etc/modprobe.d/nf_conntrack.conf: options nf_conntrack hashsize=N, with N equal to nf_conntrack_max",
      "at once: write N into /sys/module/nf_conntrack/parameters/hashsize",
    ],
    ignore: "Where the number has stood still since the buckets were raised.",
  },
  CT107: {
    severity: "info",
    title: "the table is or was full, in a guest that may not change its size",
    remedy: "raise nf_conntrack_max on the host below; in here only timeouts can be lowered",
    means: "Connections of this guest fail or soon will, and nothing that is done in it can make the table larger.",
    why: "count is kept per network namespace, nf_conntrack_max is one number for the whole kernel: each guest may fill so many entries of its own. After 5.12 (and in stable kernels) it is read-only in every namespace but the first. OpenVZ keeps it to the host in any case.",
    see: [usage, "ls -l /proc/sys/net/netfilter/nf_conntrack_max", "ls -d /proc/sys/net/nf_conntrack_max"],
    cure: [
      "on the host below: ctfleet apply playbooks/raise-ceiling.yaml",
      "in the guest, where the timeouts are its own: ctfleet apply playbooks/timeouts.yaml",
    ],
    ignore: "Once the host below was raised: the guest shows the new number.",
  },
} as const satisfies Record<string, Entry>;
