import type { Kind } from "../kind.ts";
import { recentModules } from "./module-sets.ts";
import { alpine319, debian12, ubuntu2204 } from "./releases.ts";

/** Small, without systemd, and conntrack is not loaded yet. */
export const alpine: Kind = {
  name: "alpine",
  about: "Alpine with openrc and little memory; the module is not loaded yet",
  groups: ["edge"],
  machine: { memory: 976, cpus: 1, uptime: 259200 },
  kernel: {
    release: "6.6.16-0-lts",
    arch: "x86_64",
    commandLine: "BOOT_IMAGE=vmlinuz-lts root=/dev/sda3 modules=sd-mod,ext4 quiet",
    loadable: recentModules,
    loaded: ["libcrc32c"],
  },
  system: {
    init: "openrc",
    release: alpine319,
    services: [{ name: "nftables", active: false, enabled: false }],
    firewall: { loads: [], unloads: false, reloadsFrom: [] },
  },
  conntrack: { kind: "module", era: "5.15", ours: true, objectSize: 256, live: undefined },
  log: [],
  processes: ["sshd"],
  files: {
    "/etc/sysctl.conf": "# content of this file will override /etc/sysctl.d/*\n",
    "/etc/modules": "af_packet\n",
  },
  returns: true,
};

/** A worker whose values another program writes whenever it starts. */
export const kubernetes: Kind = {
  name: "kube-node",
  about: "a Kubernetes node: kube-proxy writes conntrack values of its own when it starts",
  groups: ["kubernetes"],
  machine: { memory: 64215, cpus: 32, uptime: 432000 },
  kernel: {
    release: "5.15.0-105-generic",
    arch: "x86_64",
    commandLine: "BOOT_IMAGE=/vmlinuz-5.15.0-105-generic root=/dev/nvme0n1p1 ro",
    loadable: recentModules,
    loaded: [
      "libcrc32c",
      "nf_defrag_ipv6",
      "nf_defrag_ipv4",
      "nf_conntrack",
      "x_tables",
      "xt_conntrack 41",
      "nf_nat",
      "xt_MASQUERADE 12",
      "nf_conntrack_netlink",
    ],
  },
  system: {
    init: "systemd",
    release: ubuntu2204,
    services: [],
    firewall: { loads: ["xt_conntrack", "xt_MASQUERADE"], unloads: false, reloadsFrom: [] },
  },
  conntrack: {
    ...{ kind: "module", era: "5.15", ours: true, objectSize: 256 },
    live: {
      max: 1048576,
      buckets: 262144,
      count: 310221,
      drops: 0,
      timeouts: { tcp_timeout_established: 86400, tcp_timeout_close_wait: 3600 },
    },
  },
  log: [],
  processes: ["kubelet", "kube-proxy", "containerd", "sshd"],
  files: { "/etc/sysctl.conf": "", "/etc/sysctl.d/10-network.conf": "net.ipv4.ip_forward = 1\n" },
  returns: true,
};

/** modprobe.d has no say here; a hash size at boot would come from the kernel's command line. */
export const builtin: Kind = {
  name: "built-in",
  about: "conntrack is built into the kernel: there is no module to load or to unload",
  groups: ["edge"],
  machine: { memory: 1987, cpus: 2, uptime: 604800 },
  kernel: {
    release: "6.6.30-appliance",
    arch: "x86_64",
    commandLine: "console=ttyS0 root=/dev/vda ro nf_conntrack.hashsize=32768",
    loadable: [],
    loaded: [],
  },
  system: {
    init: "systemd",
    release: debian12,
    services: [],
    firewall: { loads: [], unloads: false, reloadsFrom: [] },
  },
  conntrack: {
    ...{ kind: "builtin", era: "5.15", ours: true, objectSize: 256 },
    live: { max: 32768, buckets: 32768, count: 1044, drops: 0 },
  },
  log: [],
  processes: ["sshd"],
  files: { "/etc/sysctl.conf": "" },
  returns: true,
};
