import { append } from "../model/append.ts";
import { mostNames } from "./ranges.ts";

/** A name taken apart at one of its numbers. */
type Split = { readonly before: string; readonly digits: string; readonly after: string };

/**
 * Names as one short text: `web[01-20,22],db1`. Of several numbers in a name the last one that differs is folded; leading
 * zeros count. The names are a set: their order is not kept.
 */
export const foldNames = (names: Iterable<string>): string => {
  const folded: string[] = [];
  let left = [...new Set(names)];
  for (let fromEnd = 1; left.length > 1; fromEnd += 1) {
    const splits = left.map((name) => splitAt(name, fromEnd));
    if (splits.every((split) => split === undefined)) break;
    const alike = new Map<string, Split[]>();
    for (const split of splits)
      if (split !== undefined) append(alike, JSON.stringify([split.before, split.after]), split);
    const groups = [...alike.values()].filter((group) => group.length > 1);
    folded.push(...groups.map(foldedGroup));
    const done = new Set(groups.flat().map(({ before, digits, after }) => before + digits + after));
    left = left.filter((name) => !done.has(name));
  }
  return [...folded, ...left].join(",");
};

/** The name at its number with this place from the end, counted from 1. */
const splitAt = (name: string, fromEnd: number): Split | undefined => {
  const found = [...name.matchAll(/\d+/g)].at(-fromEnd);
  if (found === undefined) return undefined;
  const [digits] = found;
  return { before: name.slice(0, found.index), digits, after: name.slice(found.index + digits.length) };
};

const foldedGroup = (group: readonly Split[]): string => {
  const [first] = group;
  // shorter first: 8, 9, 10 follow each other, and 01 stands apart from 1
  const sorted = group.map(({ digits }) => digits).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const runs: { from: string; to: string }[] = [];
  for (const digits of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && next(run.to, run.from) === digits) run.to = digits;
    else runs.push({ from: digits, to: digits });
  }
  const items = runs.map(({ from, to }) => (from === to ? from : `${from}-${to}`));
  return `${first?.before ?? ""}[${items.join(",")}]${first?.after ?? ""}`;
};

/** What follows a number in a range that begins like this: as wide where it is padded. */
const next = (digits: string, from: string): string => written(BigInt(digits) + 1n, from);

const written = (number: bigint, from: string): string =>
  from.startsWith("0") && from.length > 1 ? String(number).padStart(from.length, "0") : String(number);

/** The names that `foldNames` folded; undefined for a text that is none of its, or that stands for too many. */
export const unfoldNames = (text: string): readonly string[] | undefined => {
  if (text === "") return [];
  const names: string[] = [];
  for (const part of text.split(/,(?![^[]*\])/)) {
    const [, before = "", items, after = ""] = /^([^[\]]*)\[([\d,-]+)\]([^[\]]*)$/.exec(part) ?? [];
    if (items === undefined && /^$|[[\]]/.test(part)) return undefined;
    const numbers = items === undefined ? [""] : unfoldItems(items.split(","), mostNames - names.length);
    if (numbers === undefined) return undefined;
    for (const number of numbers) names.push(items === undefined ? part : before + number + after);
  }
  return names;
};

const unfoldItems = (items: readonly string[], most: number): readonly string[] | undefined => {
  const numbers: string[] = [];
  for (const item of items) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(item) ?? [];
    if (from === undefined || to === undefined) return undefined;
    const [first, last] = [BigInt(from), BigInt(to)];
    if (last < first || last - first >= BigInt(most - numbers.length)) return undefined;
    for (let number = first; number <= last; number += 1n) numbers.push(from === to ? from : written(number, from));
  }
  return numbers;
};
