import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatcher } from "../../src/inventory/glob.ts";
import { regexMatcher } from "../../src/inventory/regex.ts";
import { selectHosts } from "../../src/inventory/select.ts";
import { cases, parsed } from "./support.ts";

type Case = { pattern: string; hosts: string; unmatched: string[] };
const { inventory: text, cases: patterns } = cases("patterns") as { inventory: string; cases: Case[] };
const inventory = parsed(text);

describe("selects as Ansible does, in its order", () => {
  it.each(patterns)("$pattern", ({ pattern, hosts, unmatched }) => {
    const selection = selectHosts(inventory, pattern);
    if (selection.kind === "fault") throw new Error(selection.because);
    expect(selection.hosts.map(({ name }) => name).join(" ")).toBe(hosts);
    expect(selection.unmatched).toEqual(unmatched);
  });
});

it.each([
  ["~(", '"~(" is not a pattern: a ( is not closed'],
  ["~", '"~" is not a pattern: it is empty'],
  ["~[a", '"~[a" is not a pattern: a [ is not closed'],
  ["~a**", '"~a**" is not a pattern: a repetition follows a repetition'],
  ["~(?=a)", '"~(?=a)" is not a pattern: (?...) is not honoured, but for (?:...)'],
  ["~(a)\\1", '"~(a)\\1" is not a pattern: \\1 is not honoured'],
  ["~((a{999}){999}){999}", '"~((a{999}){999}){999}" is not a pattern: its repetitions make it too large'],
])("says why %s is not a pattern", (pattern, because) => {
  expect(selectHosts(inventory, pattern)).toEqual({ kind: "fault", because });
});

it("answers at once where a backtracking engine would hang", () => {
  const matcher = regexMatcher("(a+)+(a|aa)*.*.*.*.*.*$x");
  expect(matcher.kind === "matcher" && matcher.matches("a".repeat(250))).toBe(false);
  expect(globMatcher(`${"*a".repeat(60)}b`)("a".repeat(250))).toBe(false);
}, 2_000);

it("agrees with JavaScript's own expressions on what both know", () => {
  const atom = fc.constantFrom(
    "a",
    "b",
    ".",
    "\\d",
    "[ab]",
    "[^a]",
    "(a|b)",
    "(?:ab|)",
    "1",
    "^",
    "$",
    "[a-c1]",
    "\\.",
  );
  const piece = fc
    .tuple(atom, fc.constantFrom("", "", "*", "+", "?", "{1,2}", "{2}", "{0,}"))
    .map(([one, times]) => one.replace(/^[\^$]$/, `(?:${one})`) + times);
  const source = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(
      source,
      fc.string({ unit: fc.constantFrom("a", "b", "c", "1", "."), maxLength: 8 }),
      (expression, name) => {
        const matcher = regexMatcher(expression);
        expect(matcher.kind === "matcher" && matcher.matches(name)).toBe(new RegExp(`^(?:${expression})`).test(name));
      },
    ),
    { numRuns: 3_000 },
  );
});

it("never throws, whatever the pattern", () => {
  const any = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("~*?[]!&:,()|{}1a^\\-.")) }));
  fc.assert(
    fc.property(any, (pattern) => void selectHosts(inventory, pattern)),
    { numRuns: 2_000 },
  );
});
