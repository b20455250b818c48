import { el6Script, el7Script, firewalld, iptablesConfig, iptablesServices } from "./firewalls.ts";
import { centos5, centos6, centos7, rocky8, rocky8Arm } from "./platforms.ts";
import { fullTable, kindOf, loadedBy } from "./sketch.ts";

const el7Loads = ["nf_conntrack_ipv4", "xt_conntrack 6", "iptable_nat 1"];
const el7Loaded = [
  ...["libcrc32c", "nf_conntrack", "nf_defrag_ipv4", "nf_conntrack_ipv4", "x_tables", "xt_conntrack 6"],
  ...["nf_nat", "nf_nat_ipv4", "iptable_nat 1"],
];
const el7Iptables = iptablesServices({ script: el7Script, loads: el7Loads, reloadsFrom: ["/etc/sysctl.d/*"] });

/** 60 GiB and the runbook of 2016 followed word for word, with what it got wrong. */
export const el7 = kindOf({
  name: "el7-runbook",
  about: "CentOS 7 with iptables-services, treated by the runbook of 2016 and its mistakes",
  group: "edge",
  on: centos7,
  machine: { memory: 60225, memoryBlocks: { size: 2048, count: 30 }, cpus: 16, uptime: 31536000 },
  firewall: el7Iptables,
  live: { max: 1966080, buckets: 245760, count: 702144, drops: 0 },
  loaded: el7Loaded,
  log: fullTable([2592000]),
  files: {
    "/etc/modprobe.d/nfconntrack.conf": "options nf_conntrack hashsize=245760\n",
    "/etc/sysctl.conf": `# System default settings live in /usr/lib/sysctl.d/00-system.conf.
net.netfilter.nf_conntrack_max=1966080
net.netfilter.nf_conntrack_buckets=245760
net.netfilter.nf_conntrack_count=1966080
`,
    "/etc/sysconfig/iptables-config": {
      text: `${iptablesConfig()}IPTABLES_SYSCTL_LOAD_ON_START="yes"\n`,
      mode: 0o600,
    },
    "/etc/rc.d/rc.local": {
      text: "#!/bin/sh\ntouch /var/lock/subsys/local\necho 245760 > /sys/module/nf_conntrack/parameters/hashsize\n",
      mode: 0o755,
    },
  },
});

/** What hands write in a hurry. Most of it does nothing, and nothing says so. */
export const mistakes = kindOf({
  name: "el7-mistakes",
  about: "CentOS 7 whose files hold every mistake: units, slashes, counters, names that no kernel has",
  group: "edge",
  on: centos7,
  machine: { memory: 11853, cpus: 4, uptime: 7000000 },
  firewall: el7Iptables,
  live: { max: 262144, buckets: 131072, count: 33012, drops: 0 },
  loaded: el7Loaded,
  files: {
    "/etc/sysctl.d/50-tuning.conf": `net.netfilter.nf_conntrack_max = 512k
net.netfilter.nf_conntrack_count = 262144
net.netfilter.nf_conntrack_hashsize = 65536
net.netfilter.nf_conntrack_buckets = 65536
net.ipv4.netfilter.ip_conntrack_max = 262144
`,
    "/etc/sysctl.d/60-tuning.conf": `net/netfilter/nf_conntrack_generic_timeout = 300
net.netfilter.nf_conntrack_max = 131072
net.netfilter.nf_conntrack_max = 262144
`,
    "/etc/sysconfig/iptables-config": {
      text: `${iptablesConfig()}IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"\nIPTABLES_SYSCTL_LOAD_ON_START="yes"\n`,
      mode: 0o600,
    },
    "/etc/rc.d/rc.local": {
      text: "#!/bin/sh\necho 131072 > /sys/module/nf_conntrack/parameters/hashsize\n",
      mode: 0o755,
    },
  },
});

/** Of the first packages of EL7: what a restart brings back is looked for in sysctl.conf, and the values stand in sysctl.d. */
export const el7Early = kindOf({
  name: "el7-early",
  about: "CentOS 7 whose early iptables-services reloads values from sysctl.conf alone, and they stand in sysctl.d",
  group: "edge",
  on: centos7,
  machine: { memory: 7822, cpus: 4, uptime: 50000000 },
  firewall: iptablesServices({ script: el7Script, loads: el7Loads, reloadsFrom: ["/etc/sysctl.conf"] }),
  live: { max: 262144, buckets: 65536, count: 12033, drops: 0 },
  loaded: el7Loaded,
  files: {
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=65536\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 262144\n",
    "/etc/sysconfig/iptables-config": {
      text: `${iptablesConfig()}IPTABLES_SYSCTL_LOAD_LIST=".nf_conntrack"\n`,
      mode: 0o600,
    },
  },
});

/** A restart of its firewall takes the modules away, and no list brings the values back. */
export const el7Firewalld = kindOf({
  name: "el7-firewalld",
  about: "CentOS 7 with firewalld, which unloads conntrack whenever it restarts",
  group: "edge",
  on: centos7,
  machine: { memory: 23977, cpus: 8, uptime: 9000000 },
  firewall: firewalld({ cleansUp: true, loads: el7Loads }),
  live: { max: 524288, buckets: 131072, count: 90210, drops: 0 },
  loaded: el7Loaded,
  processes: ["firewalld"],
  files: {
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=131072\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 524288\n",
  },
});

/** Still there, and full. */
export const el6 = kindOf({
  name: "el6",
  about: "CentOS 6, kernel 2.6.32, no systemd; its table is full",
  group: "edge",
  on: centos6,
  machine: { memory: 1877, cpus: 2, uptime: 20736000 },
  firewall: iptablesServices({
    script: el6Script,
    loads: ["nf_conntrack_ipv4", "xt_state 3"],
    reloadsFrom: ["/etc/sysctl.conf", "/etc/sysctl.d/*"],
  }),
  live: { max: 65536, buckets: 16384, count: 65531, drops: 3302, counters: { insert_failed: 118 } },
  loaded: ["nf_conntrack", "nf_defrag_ipv4", "nf_conntrack_ipv4", "xt_state 3"],
  log: fullTable([1200, 65], "nf_conntrack"),
  processes: ["crond"],
});

/** The names before nf_conntrack, on 32 bits. */
export const el5 = kindOf({
  name: "el5-old-names",
  about: "a 2.6.18 kernel on 32 bits: ip_conntrack, and no nf_conntrack at all",
  group: "edge",
  on: centos5,
  machine: { memory: 4042, lowMemory: 719, cpus: 2, uptime: 41472000 },
  firewall: iptablesServices({
    script: el6Script,
    loads: ["ip_conntrack", "xt_state 2"],
    reloadsFrom: ["/etc/sysctl.conf"],
    config: iptablesConfig("ip_conntrack_ftp"),
  }),
  live: { max: 65536, buckets: 8192, count: 9120, drops: 0 },
  loaded: ["nfnetlink", "ip_conntrack", "xt_state 2"],
  processes: ["crond"],
  files: { "/etc/sysctl.conf": "net.ipv4.ip_forward = 1\nnet.ipv4.ip_conntrack_max = 65536\n" },
});

const el8Firewalld = firewalld({ cleansUp: false, loads: ["nft_ct 9"] });

/** Takes a reboot and is never heard of again: for practising what a run does then. */
export const el8 = kindOf({
  name: "el8-no-return",
  about: "Rocky 8 with firewalld and SELinux; never returns from a reboot",
  group: "edge",
  on: rocky8,
  machine: { memory: 31890, cpus: 8, uptime: 7776000 },
  firewall: el8Firewalld,
  live: { max: 262144, buckets: 65536, count: 88310, drops: 0 },
  loaded: [...loadedBy.nothing, "nf_tables", "nft_ct 9"],
  log: [{ age: 7775900, text: "nf_conntrack version 0.5.0 (65536 buckets, 262144 max)" }],
  processes: ["firewalld"],
  files: {
    "/proc/filesystems": { text: "nodev\tsysfs\nnodev\tselinuxfs\n\txfs\n", mode: 0o444 },
    "/sys/fs/selinux/enforce": { text: "1", mode: 0o644 },
  },
  returns: false,
});

/** Hash sizes are rounded up to 8192 buckets here, not to 512. */
export const arm = kindOf({
  name: "arm64-64k",
  about: "Rocky 8 on a 64-bit ARM with pages of 64 KiB: buckets come in steps of 8192",
  group: "edge",
  on: rocky8Arm,
  machine: { memory: 130560, pageSize: 64, cpus: 32, uptime: 500000 },
  firewall: el8Firewalld,
  live: { max: 262144, buckets: 65536, count: 120500, drops: 0 },
  loaded: [...loadedBy.nothing, "nf_tables", "nft_ct 9"],
  processes: ["firewalld"],
  files: {
    "/etc/modprobe.d/conntrack.conf": "options nf_conntrack hashsize=60000\n",
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 262144\n",
  },
});
