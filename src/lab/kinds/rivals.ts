import { nftables, noFirewall } from "./firewalls.ts";
import { debian12, rocky8, ubuntu2204 } from "./platforms.ts";
import { kindOf, loadedBy } from "./sketch.ts";

/** A worker whose values another program writes whenever it starts: 32768 for each core, and timeouts of its own. */
export const kubernetes = kindOf({
  name: "kube-node",
  about: "a Kubernetes node: kube-proxy writes conntrack values of its own when it starts",
  group: "kubernetes",
  on: ubuntu2204,
  machine: { memory: 64215, cpus: 32, uptime: 432000 },
  firewall: {
    ...noFirewall,
    firewall: {
      ...noFirewall.firewall,
      loads: ["xt_conntrack 41", "xt_MASQUERADE 12", "nf_conntrack_netlink", "ip_vs 3"],
    },
  },
  live: {
    ...{ max: 1048576, buckets: 262144, count: 310221, drops: 0 },
    timeouts: { tcp_timeout_established: 86400, tcp_timeout_close_wait: 3600 },
  },
  loaded: [
    ...loadedBy.nothing,
    ...["x_tables", "xt_conntrack 41", "nf_nat", "xt_MASQUERADE 12", "nf_conntrack_netlink", "ip_vs 3"],
  ],
  startsWith: [
    "hashsize=262144",
    "net.netfilter.nf_conntrack_max=1048576",
    "net.netfilter.nf_conntrack_tcp_timeout_established=86400",
    "net.netfilter.nf_conntrack_tcp_timeout_close_wait=3600",
  ],
  processes: ["kubelet", "kube-proxy", "containerd"],
  files: {
    "/etc/sysctl.conf": "",
    "/etc/sysctl.d/10-network.conf": "net.ipv4.ip_forward = 1\n",
    "/proc/net/ip_vs": {
      text: "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\nTCP  0A600001:01BB rr\n  -> 0A00000B:192B      Masq    1      4          2\n",
      mode: 0o444,
    },
    "/proc/net/ip_tables_names": { text: "filter\nnat\nmangle\n", mode: 0o440 },
  },
});

/** Nothing but docker's own rules needs the module, and docker starts long after sysctl files are applied. */
export const docker = kindOf({
  name: "docker-host",
  about: "Debian 12 with docker, whose start loads conntrack after sysctl.d is applied",
  group: "web",
  on: debian12,
  machine: { memory: 32111, cpus: 16, uptime: 3024000 },
  firewall: {
    ...noFirewall,
    firewall: { ...noFirewall.firewall, loads: ["xt_conntrack 3", "xt_MASQUERADE 1", "nf_conntrack_netlink"] },
  },
  live: { max: 400000, buckets: 262144, count: 61044, drops: 0 },
  loaded: [...loadedBy.nothing, "x_tables", "xt_conntrack 3", "nf_nat", "xt_MASQUERADE 1", "nf_conntrack_netlink"],
  processes: ["dockerd", "containerd"],
  files: {
    "/etc/sysctl.d/50-conntrack.conf": "net.netfilter.nf_conntrack_max = 400000\n",
    "/proc/net/ip_tables_names": { text: "nat\nfilter\n", mode: 0o440 },
  },
});

/** A profile that an earlier team wrote, and that is applied at each boot. */
export const tuned = kindOf({
  name: "tuned-host",
  about: "Rocky 8 whose TuneD profile sets hash size and table size whenever TuneD starts",
  group: "edge",
  on: rocky8,
  machine: { memory: 15701, cpus: 8, uptime: 6048000 },
  firewall: nftables,
  live: { max: 400000, buckets: 131072, count: 55310, drops: 0 },
  loaded: loadedBy.nft,
  startsWith: ["hashsize=131072", "net.netfilter.nf_conntrack_max=400000"],
  processes: ["tuned"],
  files: {
    "/etc/tuned/active_profile": "edge-network\n",
    "/etc/tuned/edge-network/tuned.conf":
      "[main]\nsummary=Our edge\ninclude=network-latency\n\n[net]\nnf_conntrack_hashsize=131072\n\n[sysctl]\nnet.netfilter.nf_conntrack_max=400000\n",
  },
});
