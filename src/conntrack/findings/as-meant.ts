import type { SysctlKey } from "../../model/brand.ts";
import type { Facts } from "../../model/facts.ts";
import { type Reading, read } from "../../model/reading.ts";
import { maxNames } from "../keys.ts";
import { asked, meant, type Value } from "./wanted.ts";

/**
 * The host with every value as it is meant to be, live: what a restart then changes is the restart's doing, and not that of
 * whoever has not made the value live yet.
 */
export const asMeant = (facts: Facts, values: readonly Value[]): Facts => {
  const right = new Map(values.map((value) => [value.name, asked(value) ?? meant(value)]));
  const sized = (name: string | undefined, now: Reading<number>): Reading<number> => {
    const value = name === undefined ? undefined : right.get(name);
    return now.kind === "read" && value !== undefined ? read(value) : now;
  };
  const { conntrack } = facts;
  const keys = new Map<SysctlKey, string>(
    [...conntrack.keys].map(([key, text]) => [key, String(right.get(key) ?? text)]),
  );
  const max = values.find(({ name }) => maxNames.includes(name))?.name;
  return {
    ...facts,
    conntrack: { ...conntrack, keys, max: sized(max, conntrack.max), buckets: sized("hashsize", conntrack.buckets) },
  };
};
