import { netfilterPersistent, nftables, ufw } from "./firewalls.ts";
import { debian11, debian12, debian13, ubuntu2204 } from "./platforms.ts";
import { fullTable, kindOf, loadedBy } from "./sketch.ts";

/** Healthy, with values that were set by hand and stand in sysctl.d, but nothing loads the module at boot. */
export const debian = kindOf({
  name: "debian",
  about: "Debian 12; nothing loads the module before sysctl.d is applied, so its value is lost at a boot",
  group: "web",
  on: debian12,
  machine: { memory: 3923, cpus: 2, uptime: 864000 },
  firewall: nftables,
  live: { max: 80000, buckets: 65536, count: 21034, drops: 0 },
  loaded: loadedBy.nft,
  log: [{ age: 863990, text: "nf_conntrack version 0.5.0 (65536 buckets, 65536 max)" }],
  processes: ["nginx"],
  files: { "/etc/sysctl.d/60-web.conf": "# set after the incident in March\nnet.netfilter.nf_conntrack_max = 80000\n" },
});

/** The host that somebody is paged for. */
export const debianFull = kindOf({
  name: "debian-full",
  about: "Debian 12 whose table is full: packets are being dropped now",
  group: "web",
  on: debian12,
  machine: { memory: 3907, cpus: 4, uptime: 5184000 },
  firewall: nftables,
  live: { max: 65536, buckets: 65536, count: 65536, drops: 48211, counters: { early_drop: 911 } },
  loaded: loadedBy.nft,
  log: fullTable([7200, 900, 340, 42]),
  processes: ["haproxy"],
});

/** Nearly full, with ufw, whose own sysctl file is one more writer. */
export const ubuntu = kindOf({
  name: "ubuntu",
  about: "Ubuntu 22.04 with a 5.15 kernel and ufw; nearly full",
  group: "web",
  on: ubuntu2204,
  machine: { memory: 15987, cpus: 8, uptime: 1209600 },
  firewall: ufw(),
  live: { max: 262144, buckets: 262144, count: 241780, drops: 0 },
  loaded: loadedBy.iptables,
  log: [{ age: 1209000, text: "Bridge firewalling registered" }],
  processes: ["nginx"],
});

/** A gateway that hides a network, and forgets its idle connections after five days. */
export const gateway = kindOf({
  name: "ufw-gateway",
  about: "Ubuntu 22.04 that masquerades behind ufw; ufw's own sysctl file sets the table size last",
  group: "edge",
  on: ubuntu2204,
  machine: { memory: 7941, cpus: 4, uptime: 2419200 },
  firewall: ufw({ nat: true }),
  live: { max: 196608, buckets: 262144, count: 71233, drops: 0 },
  loaded: [...loadedBy.iptables, "nf_nat", "xt_MASQUERADE 1"],
  files: {
    "/etc/ufw/sysctl.conf": "net/ipv4/ip_forward=1\nnet/ipv4/tcp_syncookies=1\nnet/netfilter/nf_conntrack_max=196608\n",
  },
});

/** The same machine image everywhere, told its values by cloud-init at each boot. */
export const cloud = kindOf({
  name: "cloud-debian",
  about: "Debian 11 with a 5.10 kernel in a cloud; cloud-init writes its sysctl file, and idle sessions are cut early",
  group: "web",
  on: debian11,
  machine: { memory: 1948, cpus: 2, uptime: 345600 },
  firewall: netfilterPersistent,
  live: {
    ...{ max: 65536, buckets: 16384, count: 5120, drops: 0 },
    timeouts: { tcp_timeout_established: 3600 },
  },
  loaded: [...loadedBy.nothing, "x_tables", "xt_conntrack 1"],
  files: {
    "/etc/cloud/cloud.cfg.d/50-network.cfg": `#cloud-config
write_files:
  - path: /etc/sysctl.d/50-cloud-init.conf
    content: |
      net.netfilter.nf_conntrack_max = 65536
      net.netfilter.nf_conntrack_tcp_timeout_established = 3600
runcmd:
  - sysctl -w net.netfilter.nf_conntrack_max=65536
`,
    "/etc/sysctl.d/50-cloud-init.conf":
      "net.netfilter.nf_conntrack_max = 65536\nnet.netfilter.nf_conntrack_tcp_timeout_established = 3600\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
  },
});

/** Hardened: once it runs, no module comes or goes. */
export const upgraded = kindOf({
  name: "debian13-locked",
  about: "Debian 13 that was upgraded: nothing reads its /etc/sysctl.conf any more, and modules are locked",
  group: "web",
  on: debian13,
  machine: { memory: 5961, cpus: 4, uptime: 1814400 },
  firewall: nftables,
  live: { max: 131072, buckets: 262144, count: 40100, drops: 0 },
  loaded: loadedBy.nft,
  files: {
    "/etc/sysctl.conf": "net.netfilter.nf_conntrack_max = 131072\n",
    "/etc/modules-load.d/conntrack.conf": "nf_conntrack\n",
    "/proc/sys/kernel/modules_disabled": "1\n",
  },
});
