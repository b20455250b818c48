import { kernelAtLeast } from "../kernel.ts";
import type { Family } from "../keys.ts";

/** Module names are the same with dashes and with underscores (modprobe(8)). */
export const moduleName = (name: string): string => name.replaceAll("-", "_");

/** The module that keeps the table. */
export const tableModule = (family: Family): string => (family === "nf" ? "nf_conntrack" : "ip_conntrack");

const needsIt =
  /^(?:(?:nf|ip)_(?:conntrack|nat)_\w+|(?:nf|ip)_nat|ip6?table_nat|xt_(?:conntrack|state|nat|MASQUERADE|connlimit|connmark|CONNMARK|connbytes|CT|helper|NETMAP|REDIRECT)|ipt_MASQUERADE|ip6t_MASQUERADE|nft_(?:ct|nat|masq|redir)|nft_chain_nat|ip_vs|openvswitch|act_ct|nf_flow_table|nf_synproxy_core|br_conntrack|nf_conntrack_bridge)$/;

/**
 * Does loading a module by this name bring connection tracking in? The table's own module, names that stand for it, and
 * modules that depend on it (DOMAIN, Unloading). nf_conntrack_ipv4 and _ipv6 are gone since 4.19 (kernel a0ae2562c6c4).
 */
export const bringsConntrack = (written: string, family: Family, release: string | undefined): boolean => {
  const name = moduleName(written);
  if (name === tableModule(family)) return true;
  if (name === "ip_conntrack") return true;
  if (/^nf_conntrack_ipv[46]$/.test(name) && kernelAtLeast(release, 4, 19)) return false;
  return needsIt.test(name);
};
