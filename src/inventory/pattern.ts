import { isIpv6 } from "./address.ts";
import { isAddressPattern } from "./address-pattern.ts";

/** One part of a pattern: what it does to the hosts so far, and what it names. */
export type Part = { readonly sign: "" | "&" | "!"; readonly name: string };

/** The words of a pattern: between commas, or between colons where there is no comma and the whole is not one address. */
export const splitPattern = (pattern: string): readonly string[] =>
  (pattern.includes(",") ? pattern.split(",") : betweenColons(pattern.trim()))
    .map((word) => word.trim())
    .filter((word) => word !== "");

const betweenColons = (pattern: string): readonly string[] => {
  if (isIpv6(pattern) || isAddressPattern(pattern)) return [pattern];
  // colons inside brackets belong to a slice or a class of characters
  const found = pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
  // Ansible drops a bracket that is not closed: of "~[a" it would leave "~", which is every host
  const dropped = found.join("").length < pattern.replaceAll(/[\s:]/g, "").length;
  return dropped ? [pattern] : found;
};

/**
 * Words in Ansible's order of evaluation: unions, then intersections, then exclusions, each in the order written; `all`
 * first where no word is a union.
 */
export const ordered = (words: readonly string[]): readonly Part[] => {
  const parts = words.map(
    (word): Part =>
      word.startsWith("&") || word.startsWith("!")
        ? { sign: word[0] as "&" | "!", name: word.slice(1) }
        : { sign: "", name: word },
  );
  const of = (sign: Part["sign"]) => parts.filter((part) => part.sign === sign);
  const unions = of("");
  return [...(unions.length === 0 ? [{ sign: "", name: "all" } as const] : unions), ...of("&"), ...of("!")];
};

/** `to` undefined: the one at `from`; negative numbers count from the end. */
export type Slice = { readonly from: number; readonly to: number | undefined };

/**
 * `web[0]`, `web[-1]`, `web[0:2]`, `web[1:]`: the name, and which of its hosts, both ends in; no slice for a regex. A class of
 * digits at the end is a slice too (`web[1-3]`), as Ansible has it.
 */
export const splitSlice = (name: string): { readonly name: string; readonly slice: Slice | undefined } => {
  const found = name.startsWith("~") ? null : /^(.+)\[(?:(-?\d{1,9})|(\d{1,9})[:-](\d{0,9}))\]$/s.exec(name);
  if (found?.[1] === undefined) return { name, slice: undefined };
  const [, base, index, from, to] = found;
  if (index !== undefined) return { name: base, slice: { from: Number(index), to: undefined } };
  return { name: base, slice: { from: Number(from), to: to === "" ? -1 : Number(to) } };
};

/** The items of a slice; undefined where a single one is asked for that does not exist. */
export const sliced = <T>(items: readonly T[], slice: Slice | undefined): readonly T[] | undefined => {
  if (slice === undefined || items.length === 0) return items;
  const { from, to } = slice;
  // to Ansible an end of 0 is no end
  if (to === undefined || to === 0) {
    const one = items.at(from);
    return one === undefined ? undefined : [one];
  }
  return items.slice(from, to === -1 ? items.length : to + 1);
};
