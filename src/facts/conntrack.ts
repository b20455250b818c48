import type { SysctlKey } from "../model/brand.ts";
import type { ConntrackFacts, ModuleFacts } from "../model/facts.ts";
import { absent, firstRead, mapReading, type Reading, read } from "../model/reading.ts";
import { type Family, parseFamily, parseState } from "./conntrack-state.ts";
import { parseObjectSize, parseStatistics } from "./conntrack-statistics.ts";
import type { Modes } from "./modes.ts";
import { parseReading, wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";
import { writability } from "./writable.ts";

type Kernel = { readonly modules: ModuleFacts; readonly release: Reading<string> };

/** Where each family keeps a value, best first. `ip`: kernels before 2.6.20, and names kept for them later. */
const folders = {
  nf: ["proc/sys/net/netfilter/nf_conntrack_", "proc/sys/net/nf_conntrack_"],
  ip: ["proc/sys/net/ipv4/netfilter/ip_conntrack_", "proc/sys/net/ipv4/ip_conntrack_"],
} as const satisfies Record<Family, readonly string[]>;

/** The table, its keys and its statistics, whichever of the two families the kernel has. */
export const parseConntrack = (seen: Seen, modes: Modes, kernel: Kernel): ConntrackFacts => {
  const keyPaths = seen.paths.filter((path) => /^proc\/sys\/net\/.*conntrack/.test(path));
  const family = parseFamily(seen, keyPaths);
  const state = parseState(seen, keyPaths, kernel);
  const isWritable = writability(seen, modes);
  const own = family.kind === "read" ? family.value : "nf";
  const hashsizePath = `sys/module/${own}_conntrack/parameters/hashsize`;
  const max = value(seen, own, "max");
  const count = value(seen, own, "count");
  const hashsize = parseReading(seen.text(hashsizePath), "hashsize", wholeNumber);
  const buckets = value(seen, own, "buckets");
  const firstNamespace = isFirstNamespace(seen, own, keyPaths);
  const maxPath = folders[own].map((folder) => `${folder}max`).find((path) => seen.sight(path));
  return {
    state,
    family,
    loaded: mapReading(state, (one) => one === "module" || one === "builtin"),
    builtin: mapReading(state, (one) => one === "builtin"),
    loadable: mapReading(state, (one) => one === "module" || one === "unloaded"),
    writable: maxPath === undefined ? absent : read(isWritable(maxPath)),
    hashsizeWritable: mapReading(
      existing(seen, hashsizePath),
      () => isWritable(hashsizePath) && firstNamespace.kind === "read" && firstNamespace.value,
    ),
    firstNamespace,
    max,
    count,
    usage: usage(count, max),
    buckets: firstRead(hashsize, buckets),
    bucketsFrom: hashsize.kind === "read" ? read("sysfs") : mapReading(firstRead(buckets, hashsize), () => "sysctl"),
    ...keys(seen, keyPaths),
    readOnlyKeys: keyPaths.filter((path) => !isWritable(path)).map(keyOf),
    statistics: parseStatistics(seen.lines(`proc/net/stat/${own}_conntrack`)),
    objectSize: parseObjectSize(seen),
  };
};

const value = (seen: Seen, family: Family, name: string): Reading<number> =>
  firstRead(
    ...folders[family].map((folder) =>
      parseReading(seen.text(folder + name), `${family}_conntrack_${name}`, wholeNumber),
    ),
  );

const existing = (seen: Seen, path: string): Reading<true> => (seen.sight(path) ? read(true) : absent);

/** Only the first network namespace has `net.nf_conntrack_max`. The `ip` family is older than namespaces. */
const isFirstNamespace = (seen: Seen, family: Family, keyPaths: readonly string[]): Reading<boolean> => {
  if (keyPaths.length === 0) return absent;
  return read(family === "ip" || seen.sight("proc/sys/net/nf_conntrack_max") !== undefined);
};

/** Of a table without limit (max 0) there is no share to speak of. */
const usage = (count: Reading<number>, max: Reading<number>): Reading<number> => {
  if (max.kind !== "read") return max;
  return max.value === 0 ? absent : mapReading(count, (entries) => entries / max.value);
};

const keys = (seen: Seen, keyPaths: readonly string[]): Pick<ConntrackFacts, "keys" | "unreadableKeys"> => {
  const values = keyPaths.map((path) => [keyOf(path), seen.text(path)] as const);
  return {
    keys: new Map(values.flatMap(([key, text]) => (text.kind === "read" ? [[key, text.value] as const] : []))),
    unreadableKeys: values.flatMap(([key, text]) => (text.kind === "read" ? [] : [key])),
  };
};

const keyOf = (path: string): SysctlKey => path.slice("proc/sys/".length).replaceAll("/", ".") as SysctlKey;
