import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { globMatcher } from "../../src/inventory/glob.ts";
import { regexMatcher } from "../../src/inventory/regex.ts";
import { limitFiles, limitHosts, type Selection, selectHosts } from "../../src/inventory/select.ts";
import { type Judgement, judge, listedHosts } from "../support/ansible.ts";
import { cases, parsed } from "./support.ts";

/** `ours`: patterns that mean something else here, and why. */
type Corpus = { inventory: string; patterns: string[]; ours: Record<string, string> };
const corpus = cases("patterns") as Corpus;
const inventory = parsed(corpus.inventory);
const limits = ["web", "db,web", "web1:&blue", "@names", "@names,db2", "nope", "all[0:3]"];
const names = "web4\n\n db1 \nweb:db\n!lone\n";

const folder = mkdtempSync(join(tmpdir(), "patterns-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is a fault here selects nothing there. */
const shown = (selection: Selection): readonly string[] =>
  selection.kind === "fault" ? [] : selection.hosts.map((host) => host.name);
const judged = (one: Judgement | undefined): readonly string[] =>
  one === undefined ? ["not judged"] : listedHosts(one);

describe("selects as ansible --list-hosts does, in its order", () => {
  let byPattern: readonly Judgement[] = [];
  let byLimit: readonly Judgement[] = [];
  beforeAll(async () => {
    writeFileSync(join(folder, "hosts.yaml"), corpus.inventory);
    writeFileSync(join(folder, "names"), names);
    const line = (...args: string[]) => ({
      program: "ansible" as const,
      args: ["-i", "hosts.yaml", "--list-hosts", ...args],
      cwd: folder,
    });
    const all = await judge([
      ...corpus.patterns.map((pattern) => line("--", pattern)),
      ...limits.map((limit) => line("all", "--limit", limit)),
    ]);
    byPattern = all.slice(0, corpus.patterns.length);
    byLimit = all.slice(corpus.patterns.length);
  }, 120_000);

  it.each(corpus.patterns.filter((pattern) => !(pattern in corpus.ours)))("%s", (pattern) => {
    const one = byPattern[corpus.patterns.indexOf(pattern)];
    const selection = selectHosts(inventory, pattern);
    expect(shown(selection)).toEqual(judged(one));
    const unmatched = selection.kind === "ok" ? selection.unmatched.length : 0;
    expect(unmatched).toBe(one?.stderr.match(/Could not match supplied host pattern/g)?.length ?? 0);
  });

  it.each(limits)("--limit %s", (limit) => {
    const files = new Map(limitFiles(limit).map((file) => [file, names]));
    expect(shown(limitHosts(inventory, limit, files))).toEqual(judged(byLimit[limits.indexOf(limit)]));
  });

  it.each(Object.entries(corpus.ours))("but not in %s: %s", (pattern) => {
    expect(shown(selectHosts(inventory, pattern))).not.toEqual(judged(byPattern[corpus.patterns.indexOf(pattern)]));
  });
});

it("names the parts that match nothing, as they are written", () => {
  expect(selectHosts(inventory, "web1:nope:!gone")).toMatchObject({ unmatched: ["nope", "!gone"] });
});

it.each([
  ["~(", '"~(" is not a pattern: a ( is not closed'],
  ["~", '"~" is not a pattern: it is empty'],
  ["~[a", '"~[a" is not a pattern: a [ is not closed'],
  ["~a**", '"~a**" is not a pattern: a repetition follows a repetition'],
  ["~(?=a)", '"~(?=a)" is not a pattern: (?...) is not honoured, but for (?:...)'],
  ["~(a)\\1", '"~(a)\\1" is not a pattern: \\1 is not honoured'],
  ["~((a{999}){999}){999}", '"~((a{999}){999}){999}" is not a pattern: its repetitions make it too large'],
  ["web[5]", '"web[5]" asks for a host beyond the 5 that there are'],
])("says why %s is not a pattern", (pattern, because) => {
  expect(selectHosts(inventory, pattern)).toEqual({ kind: "fault", because });
});

it("answers at once where a backtracking engine would hang", () => {
  const matcher = regexMatcher("(a+)+(a|aa)*.*.*.*.*.*$x");
  expect(matcher.kind === "matcher" && matcher.matches("a".repeat(250))).toBe(false);
  expect(globMatcher(`${"*a".repeat(60)}b`)("a".repeat(250))).toBe(false);
  expect(shown(selectHosts(inventory, `${"a-".repeat(40_000)}:`))).toEqual([]);
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
