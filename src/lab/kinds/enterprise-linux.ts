import type { Kind } from "../kind.ts";
import { fullTable } from "./debian.ts";
import { el5Modules, el6Modules, el7Modules, recentModules } from "./module-sets.ts";
import { centos5, centos6, centos7, rocky8 } from "./releases.ts";

const admins = `# Load additional iptables modules (nat helpers)
IPTABLES_MODULES="nf_conntrack_ftp"
# Save current firewall rules on stop.
IPTABLES_SAVE_ON_STOP="no"
IPTABLES_STATUS_NUMERIC="yes"
`;

/** What the package's start script does with IPTABLES_SYSCTL_LOAD_LIST. */
const reloading = (files: string) => `#!/bin/sh
. /etc/sysconfig/iptables-config
for item in $IPTABLES_SYSCTL_LOAD_LIST; do
  fgrep -hs "$item" ${files} | sysctl -p - >/dev/null
done
`;

const iptables = [{ name: "iptables", active: true, enabled: true }] as const;

/** 60 GiB and the runbook of 2016 followed word for word, with what it got wrong. */
export const el7: Kind = {
  name: "el7-runbook",
  about: "CentOS 7 with iptables-services, treated by the runbook of 2016 and its mistakes",
  groups: ["edge"],
  machine: { memory: 60225, memoryBlocks: { size: 2048, count: 30 }, cpus: 16, uptime: 31536000 },
  kernel: {
    release: "3.10.0-862.el7.x86_64",
    arch: "x86_64",
    commandLine: "BOOT_IMAGE=/vmlinuz-3.10.0-862.el7.x86_64 root=/dev/mapper/centos-root ro crashkernel=auto",
    loadable: el7Modules,
    loaded: [
      "libcrc32c",
      "nf_conntrack",
      "nf_defrag_ipv4",
      "nf_conntrack_ipv4",
      "x_tables",
      "xt_conntrack 6",
      "nf_nat",
      "nf_nat_ipv4",
      "iptable_nat 1",
    ],
  },
  system: {
    init: "systemd",
    release: centos7,
    services: iptables,
    firewall: {
      loads: ["nf_conntrack_ipv4", "xt_conntrack", "iptable_nat"],
      unloads: true,
      reloadsFrom: ["/etc/sysctl.d/*"],
    },
  },
  conntrack: {
    ...{ kind: "module", era: "3.10", ours: true, objectSize: 320 },
    live: { max: 1966080, buckets: 245760, count: 702144, drops: 0 },
  },
  log: fullTable([2592000]),
  processes: ["sshd", "tuned"],
  files: {
    "/etc/modprobe.d/nfconntrack.conf": "options nf_conntrack hashsize=245760\n",
    "/etc/sysctl.conf": `# System default settings live in /usr/lib/sysctl.d/00-system.conf.
net.netfilter.nf_conntrack_max=1966080
net.netfilter.nf_conntrack_buckets=245760
net.netfilter.nf_conntrack_count=1966080
`,
    "/etc/sysctl.d/99-sysctl.conf": { link: "../sysctl.conf" },
    "/etc/sysconfig/iptables-config": { text: `${admins}IPTABLES_SYSCTL_LOAD_ON_START="yes"\n`, mode: 0o600 },
    "/usr/libexec/iptables/iptables.init": { text: reloading("/etc/sysctl.d/*"), mode: 0o755 },
    "/etc/rc.d/rc.local": {
      text: "#!/bin/sh\ntouch /var/lock/subsys/local\necho 245760 > /sys/module/nf_conntrack/parameters/hashsize\n",
      mode: 0o755,
    },
    "/etc/rc.local": { link: "rc.d/rc.local" },
    "/etc/tuned/active_profile": "virtual-guest\n",
  },
  returns: true,
};

/** Still there, and full. */
export const el6: Kind = {
  name: "el6",
  about: "CentOS 6, kernel 2.6.32, no systemd; its table is full",
  groups: ["edge"],
  machine: { memory: 1877, cpus: 2, uptime: 20736000 },
  kernel: {
    release: "2.6.32-754.el6.x86_64",
    arch: "x86_64",
    commandLine: "ro root=/dev/mapper/vg-root rd_NO_LUKS rhgb quiet",
    loadable: el6Modules,
    loaded: ["nf_conntrack", "nf_defrag_ipv4", "nf_conntrack_ipv4", "xt_state 3"],
  },
  system: {
    init: "sysv",
    release: centos6,
    services: iptables,
    firewall: {
      loads: ["nf_conntrack_ipv4", "xt_state"],
      unloads: true,
      reloadsFrom: ["/etc/sysctl.conf", "/etc/sysctl.d/*"],
    },
  },
  conntrack: {
    ...{ kind: "module", era: "2.6.32", ours: true, objectSize: 304 },
    live: { max: 65536, buckets: 16384, count: 65531, drops: 3302 },
  },
  log: fullTable([1200, 65], "nf_conntrack"),
  processes: ["sshd", "crond"],
  files: {
    "/etc/sysctl.conf": "net.ipv4.ip_forward = 1\n",
    "/etc/sysctl.d": { folder: true },
    "/etc/sysconfig/modules": { folder: true },
    "/etc/sysconfig/iptables-config": { text: admins, mode: 0o600 },
    "/etc/init.d": { link: "rc.d/init.d" },
    "/etc/rc.d/init.d/iptables": { text: reloading("/etc/sysctl.conf /etc/sysctl.d/*"), mode: 0o755 },
  },
  returns: true,
};

/** The names before nf_conntrack, on 32 bits. */
export const el5: Kind = {
  name: "el5-old-names",
  about: "a 2.6.18 kernel on 32 bits: ip_conntrack, and no nf_conntrack at all",
  groups: ["edge"],
  machine: { memory: 4042, lowMemory: 719, cpus: 2, uptime: 41472000 },
  kernel: {
    release: "2.6.18-419.el5PAE",
    arch: "i686",
    commandLine: "ro root=LABEL=/ rhgb quiet",
    loadable: el5Modules,
    loaded: ["nfnetlink", "ip_conntrack", "xt_state 2"],
  },
  system: {
    init: "sysv",
    release: centos5,
    services: iptables,
    firewall: { loads: ["ip_conntrack", "xt_state"], unloads: true, reloadsFrom: ["/etc/sysctl.conf"] },
  },
  conntrack: {
    ...{ kind: "module", era: "2.6.18", ours: true, objectSize: 256 },
    live: { max: 65536, buckets: 8192, count: 9120, drops: 0 },
  },
  log: [],
  processes: ["sshd", "crond"],
  files: {
    "/etc/sysctl.conf": "net.ipv4.ip_forward = 1\nnet.ipv4.ip_conntrack_max = 65536\n",
    "/etc/sysctl.d": { folder: true },
    "/etc/sysconfig/modules": { folder: true },
    "/etc/sysconfig/iptables-config": { text: admins.replace("nf_conntrack_ftp", "ip_conntrack_ftp"), mode: 0o600 },
    "/etc/init.d": { link: "rc.d/init.d" },
    "/etc/rc.d/init.d/iptables": { text: reloading("/etc/sysctl.conf"), mode: 0o755 },
  },
  returns: true,
};

/** Takes a reboot and is never heard of again: for practising what a run does then. */
export const el8: Kind = {
  name: "el8-no-return",
  about: "Rocky 8 with firewalld and SELinux; never returns from a reboot",
  groups: ["edge"],
  machine: { memory: 31890, cpus: 8, uptime: 7776000 },
  kernel: {
    release: "4.18.0-513.5.1.el8_9.x86_64",
    arch: "x86_64",
    commandLine: "BOOT_IMAGE=(hd0,msdos1)/vmlinuz-4.18.0-513.5.1.el8_9.x86_64 root=/dev/mapper/rl-root ro",
    loadable: recentModules,
    loaded: ["libcrc32c", "nf_defrag_ipv6", "nf_defrag_ipv4", "nf_conntrack", "nf_tables", "nft_ct 9"],
  },
  system: {
    init: "systemd",
    release: rocky8,
    services: [{ name: "firewalld", active: true, enabled: true }],
    firewall: { loads: ["nft_ct"], unloads: false, reloadsFrom: [] },
  },
  conntrack: {
    ...{ kind: "module", era: "4.18", ours: true, objectSize: 320 },
    live: { max: 262144, buckets: 65536, count: 88310, drops: 0 },
  },
  log: [{ age: 7775900, text: "nf_conntrack version 0.5.0 (65536 buckets, 262144 max)" }],
  processes: ["sshd", "firewalld"],
  files: {
    "/etc/sysctl.conf": "# sysctl settings are defined through files in /usr/lib/sysctl.d/\n",
    "/etc/sysctl.d/99-sysctl.conf": { link: "../sysctl.conf" },
    "/proc/filesystems": { text: "nodev\tsysfs\nnodev\tselinuxfs\n\txfs\n", mode: 0o444 },
    "/sys/fs/selinux/enforce": { text: "1", mode: 0o644 },
  },
  returns: false,
};
