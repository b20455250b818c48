import type { SysctlKey } from "../../model/brand.ts";
import { valueOf } from "../../model/reading.ts";
import { kernelAtLeast } from "../kernel.ts";
import { roundBuckets } from "../size.ts";
import { defaultOf } from "./default-keys.ts";
import { defaultSize } from "./default-size.ts";
import { type HostNames, shortName, type Target, targetOf } from "./host.ts";
import { kernelNumber, written } from "./kernel-value.ts";
import type { ModuleOption } from "./modprobe.ts";
import type { Predicted } from "./prediction.ts";

/** The table as it stands at one moment of a boot or of a restart. */
export type Table = {
  readonly loaded: boolean;
  readonly max: Predicted;
  readonly buckets: Predicted;
  readonly keys: ReadonlyMap<SysctlKey, Predicted>;
  /** Where a value was written too early, by the name of what it was for. */
  readonly missed: ReadonlyMap<string, string>;
};

/** One thing that happens at a boot or a restart. */
export type Step = (table: Table) => Table;

const nothing: Predicted = { value: undefined, because: "connection tracking is not loaded, so there is no value" };

export const notLoaded: Table = { loaded: false, max: nothing, buckets: nothing, keys: new Map(), missed: new Map() };

/** The options that count at a load. */
export type LoadOptions = {
  readonly hashsize: ModuleOption | undefined;
  /** Why the hash size is not known. */
  readonly unknown: string | undefined;
  readonly flags: ReadonlyMap<string, ModuleOption>;
};

/** Loads the module where it is not: sizes from its hash size or from memory, every key at its default. */
export const load =
  (host: HostNames, options: LoadOptions): Step =>
  (table) => {
    if (table.loaded) return table;
    const sizes = sizesAtLoad(host, options);
    const late = (name: string, one: Predicted): Predicted => {
      const missed = table.missed.get(name);
      if (missed === undefined) return one;
      return {
        ...one,
        because: `${one.because}; ${missed} comes before the module is loaded, and nothing sets it after`,
      };
    };
    const keys = host.keys.map((key) => [key, late(key, keyAtLoad(host, key, options, sizes.buckets.value))] as const);
    return {
      loaded: true,
      max: late("max", sizes.max),
      buckets: late("buckets", sizes.buckets),
      keys: new Map(keys),
      missed: new Map(),
    };
  };

/** hashsize=N makes max 8 x N, rounded up to whole pages; 0 is as good as none (nf_conntrack_init_start()). */
const sizesAtLoad = ({ facts, family }: HostNames, { hashsize, unknown }: LoadOptions) => {
  if (unknown !== undefined) {
    const both = { value: undefined, because: unknown };
    return { max: both, buckets: both };
  }
  const given = hashsize === undefined ? undefined : kernelNumber(hashsize.text);
  if (hashsize === undefined || given === undefined || given === 0) {
    const size = defaultSize(facts);
    const { because } = size;
    const { max, buckets } = size.kind === "known" ? size.size : { max: undefined, buckets: undefined };
    return { max: { value: max, because }, buckets: { value: buckets, because } };
  }
  const rounded = family === "ip" ? given : roundBuckets(given, facts);
  const why = `hashsize=${hashsize.text} (${hashsize.from})`;
  return {
    max: { value: 8 * rounded, because: `${why} makes max 8 x ${rounded} when the module is loaded` },
    buckets: { value: rounded, because: rounded === given ? why : `${why}, rounded up to whole pages` },
  };
};

const keyAtLoad = (
  { family, release }: HostNames,
  key: SysctlKey,
  { flags }: LoadOptions,
  buckets: number | undefined,
): Predicted => {
  const name = shortName(key, family) ?? "";
  const flag = flags.get(name);
  if (flag !== undefined)
    return { value: /^[1yY]/.test(flag.text) ? 1 : 0, because: `an option of the module (${flag.from})` };
  const value = defaultOf(name, release, buckets);
  const because =
    value === undefined ? "no file sets it, and this kernel's default is not known" : "the kernel's default";
  return { value, because };
};

const nameOf = (target: Target): string => (target.kind === "key" ? target.key : target.kind);

/** A text is written to a sysctl path. `from` tells where that stands. */
export const write =
  (
    host: HostNames,
    { path, text, from }: { readonly path: string; readonly text: string; readonly from: string },
  ): Step =>
  (table) => {
    const target = targetOf(host, path);
    if (target === undefined) return table;
    if (!table.loaded) return { ...table, missed: new Map(table.missed).set(nameOf(target), from) };
    const old = valueIn(table, target);
    const held = whyReadOnly(host, target);
    if (held !== undefined)
      return put(table, target, { ...old, because: `${old.because}; ${from} does nothing: ${held}` });
    const name = target.kind === "key" ? (shortName(target.key, host.family) ?? "") : target.kind;
    const result = written(name, text, host.release);
    switch (result.kind) {
      case "refused":
        return put(table, target, { ...old, because: `${old.because}; ${from} is refused: ${result.because}` });
      case "unsure":
        return put(table, target, { value: undefined, because: `${from}: ${result.because}` });
      case "set":
        return target.kind === "buckets"
          ? resize(host, result.value, from)(table)
          : put(table, target, { value: result.value, because: `${from} sets it` });
    }
  };

/** The hash table is made anew, and max stays: by the sysctl, or through /sys (DOMAIN, Sizes). */
export const resize =
  ({ facts }: HostNames, buckets: number, from: string): Step =>
  (table) => {
    if (!table.loaded) return { ...table, missed: new Map(table.missed).set("buckets", from) };
    if (buckets <= 0)
      return {
        ...table,
        buckets: { ...table.buckets, because: `${table.buckets.because}; ${from} is refused: ${buckets}` },
      };
    return { ...table, buckets: { value: roundBuckets(buckets, facts), because: `${from} sets it` } };
  };

/** The buckets sysctl can be written since 4.8 (kernel 3183ab8997a4); what was seen on the host counts more. */
const whyReadOnly = ({ facts, release, family }: HostNames, target: Target): string | undefined => {
  if (target.kind !== "buckets") return undefined;
  const root = valueOf(facts.uid) === 0;
  const seen = facts.conntrack.readOnlyKeys.some((key) => key.endsWith("_conntrack_buckets"));
  if (root && seen) return "it is read-only";
  return family === "ip" || (release !== undefined && !kernelAtLeast(release, 4, 8))
    ? "it is read-only on this kernel"
    : undefined;
};

const valueIn = (table: Table, target: Target): Predicted =>
  target.kind === "key" ? (table.keys.get(target.key) ?? nothing) : table[target.kind];

const put = (table: Table, target: Target, one: Predicted): Table =>
  target.kind === "key"
    ? { ...table, keys: new Map(table.keys).set(target.key, one) }
    : { ...table, [target.kind]: one };

/** Somebody may write any key here, and what cannot be seen. */
export const unknownFrom =
  (because: string, only: (name: string) => boolean = () => true): Step =>
  (table) => {
    const lost = (name: string, one: Predicted): Predicted => (only(name) ? { value: undefined, because } : one);
    return {
      ...table,
      max: lost("max", table.max),
      buckets: lost("buckets", table.buckets),
      keys: new Map([...table.keys].map(([key, one]) => [key, lost(key, one)] as const)),
    };
  };

export const run = (steps: readonly Step[], table: Table): Table => steps.reduce((now, step) => step(now), table);

/** It cannot be told which of two courses is taken: what comes out the same in both is certain all the same. */
export const either =
  (because: string, one: readonly Step[], other: readonly Step[]): Step =>
  (table) =>
    merge(run(one, table), run(other, table), because);

const merge = (a: Table, b: Table, because: string): Table => {
  const both = (x: Predicted, y: Predicted): Predicted =>
    x.value === y.value
      ? x
      : {
          value: undefined,
          because: `${because}: ${x.value ?? "not known"} (${x.because}) or ${y.value ?? "not known"} (${y.because})`,
        };
  const keys = [...new Set([...a.keys.keys(), ...b.keys.keys()])];
  return {
    loaded: a.loaded || b.loaded,
    max: both(a.max, b.max),
    buckets: both(a.buckets, b.buckets),
    keys: new Map(keys.map((key) => [key, both(a.keys.get(key) ?? nothing, b.keys.get(key) ?? nothing)] as const)),
    missed: new Map([...a.missed, ...b.missed]),
  };
};
