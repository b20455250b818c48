import type { SysctlKey } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import { valueOf } from "../model/reading.ts";

/** `nf` since 2.6.20; `ip` on older kernels (DOMAIN, Sizes). */
export type Family = "nf" | "ip";

const prefixes: Record<Family, string> = { nf: "net.netfilter.nf_conntrack_", ip: "net.ipv4.netfilter.ip_conntrack_" };

/** The names in use on a host; a kernel without conntrack loaded is taken for a modern one. */
export const familyOf = (facts: Facts): Family => valueOf(facts.conntrack.family) ?? "nf";

/** The table size: `net.netfilter.nf_conntrack_max`. */
export const maxKey = (family: Family): SysctlKey => settingKey(family, "max");

/** A conntrack sysctl by its short name: `tcp_loose` is `net.netfilter.nf_conntrack_tcp_loose`. */
export const settingKey = (family: Family, name: string): SysctlKey => `${prefixes[family]}${name}` as SysctlKey;

/**
 * A timeout by its short name, which is the key without prefix and `_timeout` (DOMAIN, Timeouts): `generic` is
 * `..._generic_timeout`, `tcp_established` is `..._tcp_timeout_established`.
 */
export const timeoutKey = (family: Family, name: string): SysctlKey => {
  const [protocol, ...state] = name.split("_");
  return settingKey(family, [protocol, "timeout", ...state].join("_"));
};

/** Every name by which a kernel knows the table size; all of them are the same value. */
export const maxNames: readonly string[] = [
  "net.netfilter.nf_conntrack_max",
  "net.nf_conntrack_max",
  "net.ipv4.netfilter.ip_conntrack_max",
  "net.ipv4.ip_conntrack_max",
];
