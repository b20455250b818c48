import { isIpv6, splitPort } from "./address.ts";
import { hostNameFault } from "./names.ts";

/** One part of a pattern: what it does to the hosts so far, and what it names. */
export type Part = { readonly sign: "" | "&" | "!"; readonly name: string };

/**
 * The parts of a pattern in Ansible's order of evaluation: unions, then intersections, then exclusions, each in the order
 * written; `all` first where no part is a union. Parts stand between commas, or between colons where there is no comma
 * and the whole is not one address (`fe80::1`, `web1:22`).
 */
export const splitPattern = (pattern: string): readonly Part[] => {
  const parts = words(pattern)
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .map(
      (word): Part =>
        word.startsWith("&") || word.startsWith("!")
          ? { sign: word[0] as "&" | "!", name: word.slice(1) }
          : { sign: "", name: word },
    );
  const of = (sign: Part["sign"]) => parts.filter((part) => part.sign === sign);
  const unions = of("");
  return [...(unions.length === 0 ? [{ sign: "", name: "all" } as const] : unions), ...of("&"), ...of("!")];
};

const words = (pattern: string): readonly string[] => {
  if (pattern.includes(",")) return pattern.split(",");
  const { name, port } = splitPort(pattern);
  if (isIpv6(name) || (port !== undefined && hostNameFault(name) === undefined)) return [name];
  // colons inside brackets belong to a slice or a class of characters; with a bracket that is not closed nothing is split
  const found = pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
  return found.join("").length === pattern.replaceAll(/[\s:]/g, "").length || !/[[\]]/.test(pattern)
    ? found
    : [pattern];
};

export type Slice = { readonly from: number; readonly to: number };

/** `web[0]`, `web[-1]`, `web[0:2]`, `web[1:]`: the name, and which of its hosts, both ends in; no slice for a regex. */
export const splitSlice = (name: string): { readonly name: string; readonly slice: Slice | undefined } => {
  const found = name.startsWith("~") ? null : /^(.+)\[(?:(-?\d{1,9})|(\d{1,9}):(\d{0,9}))\]$/.exec(name);
  if (found?.[1] === undefined) return { name, slice: undefined };
  const [, base, index, from, to] = found;
  if (index !== undefined) return { name: base, slice: { from: Number(index), to: Number(index) } };
  return { name: base, slice: { from: Number(from), to: to === "" ? -1 : Number(to) } };
};

/** The items of a slice; a negative number counts from the end. */
export const sliced = <T>(items: readonly T[], slice: Slice | undefined): readonly T[] => {
  if (slice === undefined) return items;
  const at = (index: number): number => (index < 0 ? items.length + index : index);
  return items.slice(Math.max(0, at(slice.from)), at(slice.to) + 1);
};
