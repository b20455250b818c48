/** Conntrack's modules as they lie on disk, `NAME SIZE NEEDED,NEEDED`, by generation. */
export const recentModules = [
  "libcrc32c 16384",
  "nf_defrag_ipv4 16384",
  "nf_defrag_ipv6 24576",
  "nf_conntrack 188416 nf_defrag_ipv6,nf_defrag_ipv4,libcrc32c",
  "x_tables 61440",
  "nf_nat 57344 nf_conntrack",
  "xt_conntrack 16384 nf_conntrack,x_tables",
  "xt_MASQUERADE 20480 nf_nat,nf_conntrack,x_tables",
  "nf_tables 303104 libcrc32c",
  "nft_ct 24576 nf_conntrack,nf_tables",
  "nf_conntrack_netlink 57344 nf_conntrack",
  "ip_vs 192512 nf_conntrack,nf_defrag_ipv6,libcrc32c",
];

export const el7Modules = [
  "libcrc32c 12644",
  "nf_defrag_ipv4 12729",
  "nf_conntrack 133053 libcrc32c",
  "nf_conntrack_ipv4 15053 nf_conntrack,nf_defrag_ipv4",
  "nf_nat 26583 nf_conntrack",
  "nf_nat_ipv4 14115 nf_nat,nf_conntrack",
  "x_tables 29641",
  "iptable_nat 12875 nf_nat_ipv4",
  "xt_conntrack 12760 nf_conntrack,x_tables",
];

export const el6Modules = [
  "nf_defrag_ipv4 1483",
  "nf_conntrack 79206",
  "nf_conntrack_ipv4 9154 nf_conntrack,nf_defrag_ipv4",
  "xt_state 1492 nf_conntrack",
  "nf_nat 22676 nf_conntrack_ipv4,nf_conntrack",
  "nf_conntrack_netlink 17392 nf_conntrack",
];

export const el5Modules = [
  "nfnetlink 10713",
  "ip_conntrack 53281 nfnetlink",
  "xt_state 6209 ip_conntrack",
  "ip_nat 21101 ip_conntrack",
  "iptable_nat 11205 ip_nat,ip_conntrack",
];
