import type { SysctlKey } from "../../model/brand.ts";
import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { rememberFor } from "../../model/remember.ts";
import { kernelAtLeast } from "../kernel.ts";
import { type Family, familyOf, settingKey } from "../keys.ts";
import { usualNames } from "./default-keys.ts";
import { dottedKey } from "./sysctl-line.ts";

/** What a sysctl path is to the table: one of its two sizes, or a key of its own. */
export type Target = { readonly kind: "max" | "buckets" } | { readonly kind: "key"; readonly key: SysctlKey };

/** The host's names for things, worked out once. */
export type HostNames = {
  readonly facts: Facts;
  readonly family: Family;
  readonly release: string | undefined;
  /** Keys that exist once the table does, but max, buckets and the counter. */
  readonly keys: readonly SysctlKey[];
  /** Every path below /proc/sys/net that exists once the table does: what globs are matched against. */
  readonly paths: readonly string[];
};

/** The key without its prefix; undefined for another family's. */
export const shortName = (key: string, family: Family): string | undefined => {
  const prefix = settingKey(family, "");
  return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
};

const counted = /_conntrack_(?:max|buckets|count)$/;

export const hostNames = rememberFor((facts: Facts): HostNames => {
  const family = familyOf(facts);
  const release = valueOf(facts.kernel.release);
  const live = [...facts.conntrack.keys.keys(), ...facts.conntrack.unreadableKeys].filter(isConntrack);
  const seen = live.length > 0 ? live : usualNames.map((name) => settingKey(family, name));
  const keys = seen.filter((key) => !counted.test(key) && shortName(key, family) !== undefined);
  const all = new Set([...seen, ...ownSizes(facts, family), ...legacySizes(live, family, release)]);
  return { facts, family, release, keys, paths: [...all].map((key) => key.replaceAll(".", "/")).sort() };
});

const isConntrack = (key: string): boolean => /conntrack/.test(key);

/** Names of the sizes that every kernel has; net.nf_conntrack_max only in the first network namespace. */
const ownSizes = (facts: Facts, family: Family): readonly string[] => {
  if (family === "ip")
    return [
      settingKey("ip", "max"),
      settingKey("ip", "buckets"),
      settingKey("ip", "count"),
      "net.ipv4.ip_conntrack_max",
    ];
  const sizes = [settingKey("nf", "max"), settingKey("nf", "buckets"), settingKey("nf", "count")];
  return valueOf(facts.conntrack.firstNamespace) === false ? sizes : [...sizes, "net.nf_conntrack_max"];
};

/** Old names on kernels of the newer family, until 4.9 (CONFIG_NF_CONNTRACK_PROC_COMPAT, removed by adf0516845bc). */
const legacySizes = (live: readonly string[], family: Family, release: string | undefined): readonly string[] =>
  family === "nf" && live.length === 0 && release !== undefined && !kernelAtLeast(release, 4, 9)
    ? [settingKey("ip", "max")]
    : [];

/** What a path stands for on this host; undefined where it has no such key, or it is none of conntrack's. */
export const targetOf = ({ paths, family }: HostNames, path: string): Target | undefined => {
  const key = dottedKey(path);
  if (key === undefined || !paths.includes(key.replaceAll(".", "/"))) return undefined;
  if (/conntrack_max$/.test(key) && !/expect_max$/.test(key)) return { kind: "max" };
  if (/_conntrack_buckets$/.test(key)) return { kind: "buckets" };
  if (/_conntrack_count$/.test(key)) return undefined;
  const name = shortName(key, family) ?? shortName(key, "ip") ?? key;
  return { kind: "key", key: settingKey(family, name) };
};
