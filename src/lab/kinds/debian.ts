import type { Kind, LogLine } from "../kind.ts";
import { recentModules } from "./module-sets.ts";
import { debian12, ubuntu2204 } from "./releases.ts";

const released = "6.1.0-21-amd64";

/** The kernel's words for a full table, and its rate limiter's. */
export const fullTable = (ages: readonly number[], prefix = "nf_conntrack: nf_conntrack"): readonly LogLine[] =>
  ages.flatMap((age) => [
    { age: age + 5, text: `net_ratelimit: ${40 + age} callbacks suppressed` },
    { age, text: `${prefix}: table full, dropping packet` },
  ]);

const base = {
  "/etc/sysctl.conf": "# /etc/sysctl.conf - Configuration file for setting system variables\n#net.ipv4.ip_forward=1\n",
  "/etc/sysctl.d/99-sysctl.conf": { link: "../sysctl.conf" },
  "/etc/modules": "# /etc/modules: kernel modules to load at boot time.\n",
} as const;

const kernel = {
  release: released,
  arch: "x86_64",
  commandLine: `BOOT_IMAGE=/boot/vmlinuz-${released} root=/dev/vda1 ro quiet`,
  loadable: recentModules,
  loaded: ["libcrc32c", "nf_defrag_ipv6", "nf_defrag_ipv4", "nf_conntrack", "nf_tables", "nft_ct 2"],
} as const;

const nftables = {
  services: [{ name: "nftables", active: true, enabled: true }],
  firewall: { loads: ["nft_ct"], unloads: false, reloadsFrom: [] },
} as const;

/** Healthy, with values that were set by hand and stand in sysctl.d, but nothing loads the module at boot. */
export const debian: Kind = {
  name: "debian",
  about: "Debian 12; sysctl.d is applied before the module is loaded, so its value is lost at a boot",
  groups: ["web"],
  machine: { memory: 3923, cpus: 2, uptime: 864000 },
  kernel,
  system: { init: "systemd", release: debian12, ...nftables },
  conntrack: {
    ...{ kind: "module", era: "5.15", ours: true, objectSize: 256 },
    live: { max: 80000, buckets: 65536, count: 21034, drops: 0 },
  },
  log: [{ age: 863990, text: "nf_conntrack version 0.5.0 (65536 buckets, 65536 max)" }],
  processes: ["sshd", "nginx"],
  files: {
    ...base,
    "/etc/sysctl.d/60-web.conf": "# set after the incident in March\nnet.netfilter.nf_conntrack_max = 80000\n",
  },
  returns: true,
};

/** The host that somebody is paged for. */
export const debianFull: Kind = {
  name: "debian-full",
  about: "Debian 12 whose table is full: packets are being dropped now",
  groups: ["web"],
  machine: { memory: 7937, cpus: 4, uptime: 5184000 },
  kernel,
  system: { init: "systemd", release: debian12, ...nftables },
  conntrack: {
    ...{ kind: "module", era: "5.15", ours: true, objectSize: 256 },
    live: { max: 65536, buckets: 65536, count: 65536, drops: 48211 },
  },
  log: fullTable([7200, 900, 340, 42]),
  processes: ["sshd", "haproxy"],
  files: base,
  returns: true,
};

/** Nearly full, with ufw, whose own sysctl file is one more writer. */
export const ubuntu: Kind = {
  name: "ubuntu",
  about: "Ubuntu 22.04 with a 5.15 kernel and ufw; nearly full",
  groups: ["web"],
  machine: { memory: 15987, cpus: 8, uptime: 1209600 },
  kernel: {
    ...kernel,
    release: "5.15.0-105-generic",
    commandLine: "BOOT_IMAGE=/vmlinuz-5.15.0-105-generic root=/dev/sda2 ro",
    loaded: ["libcrc32c", "nf_defrag_ipv6", "nf_defrag_ipv4", "nf_conntrack", "x_tables", "xt_conntrack 14"],
  },
  system: {
    init: "systemd",
    release: ubuntu2204,
    services: [{ name: "ufw", active: true, enabled: true }],
    firewall: { loads: ["xt_conntrack"], unloads: false, reloadsFrom: [] },
  },
  conntrack: {
    ...{ kind: "module", era: "5.15", ours: true, objectSize: 256 },
    live: { max: 262144, buckets: 262144, count: 241780, drops: 0 },
  },
  log: [{ age: 1209000, text: "Bridge firewalling registered" }],
  processes: ["sshd", "dockerd", "nginx"],
  files: {
    ...base,
    "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
    "/etc/ufw/sysctl.conf": "net/ipv4/tcp_syncookies=1\nnet/ipv4/conf/all/rp_filter=1\n",
    "/etc/default/ufw": 'IPT_SYSCTL=/etc/ufw/sysctl.conf\nIPT_MODULES=""\n',
  },
  returns: true,
};
