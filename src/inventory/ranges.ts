import { withoutValue } from "../source/visible.ts";

export type Expansion =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "fault"; readonly because: string };

/** One pattern makes at most this many names: a slip of a finger is not a fleet. */
export const mostNames = 100_000;

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Ansible's ranges, both ends in: `web[01:20]`, `db[a:f]`, `n[1:10:2]`, several in one name. Text without one stands for itself. */
export const expandRanges = (pattern: string): Expansion => {
  const parts = pattern.split(/\[([^[\]]*)\]/);
  if (parts.length === 1) return { kind: "names", names: [pattern] };
  let names = [parts[0] ?? ""];
  for (let at = 1; at < parts.length; at += 2) {
    const range = expandOne(parts[at] ?? "", pattern);
    if (range.kind === "fault") return range;
    if (names.length * range.names.length > mostNames) return tooMany(pattern);
    const tail = parts[at + 1] ?? "";
    names = names.flatMap((head) => range.names.map((middle) => head + middle + tail));
  }
  return { kind: "names", names };
};

const expandOne = (range: string, pattern: string): Expansion => {
  const [begin = "", end, stepText = "1", ...more] = range.split(":");
  if (end === undefined || more.length > 0) return fault(pattern, "a range is [begin:end] or [begin:end:step]");
  if (end === "") return fault(pattern, "a range needs an end");
  const step = Number(stepText);
  if (!/^\d{1,9}$/.test(stepText) || step < 1) return fault(pattern, "the step of a range is a whole number from 1");
  if (/^[A-Za-z]$/.test(begin) && /^[A-Za-z]$/.test(end))
    return series(pattern, letters.indexOf(begin), letters.indexOf(end), step, (n) => letters.charAt(n));
  const first = begin === "" ? "0" : begin;
  if (!/^\d{1,15}$/.test(first) || !/^\d{1,15}$/.test(end))
    return fault(pattern, "a range goes from number to number or from letter to letter");
  const padded = first.startsWith("0") && first.length > 1;
  if (padded && first.length !== end.length)
    return fault(pattern, "where the begin of a range has leading zeros, both ends have the same length");
  return series(pattern, Number(first), Number(end), step, (n) =>
    padded ? String(n).padStart(first.length, "0") : String(n),
  );
};

const series = (pattern: string, from: number, to: number, step: number, show: (n: number) => string): Expansion => {
  if (from > to) return fault(pattern, "the begin of a range comes after its end");
  const count = Math.floor((to - from) / step) + 1;
  if (count > mostNames) return tooMany(pattern);
  return { kind: "names", names: Array.from({ length: count }, (_, index) => show(from + index * step)) };
};

const tooMany = (pattern: string): Expansion => fault(pattern, `it makes more than ${mostNames} names`);

const fault = (pattern: string, because: string): Expansion => ({
  kind: "fault",
  because: `"${withoutValue(pattern)}" is not a range of hosts: ${because}`,
});
