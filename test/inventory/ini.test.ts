import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Draft, newDraft } from "../../src/inventory/draft.ts";
import { pythonLiteral } from "../../src/inventory/ini-values.ts";
import { readSource } from "../../src/inventory/read-any.ts";
import { readIniInventory } from "../../src/inventory/read-ini.ts";
import { shellWords } from "../../src/inventory/shell-words.ts";
import type { InventorySource } from "../../src/source/sources.ts";
import { cases } from "./support.ts";

type Refused = { readonly name: string; readonly file?: string; readonly script?: true; readonly text: string };

const told = (draft: Draft): readonly string[] =>
  draft.problems.map(({ at, path, message }) => `${at.line}:${at.column} ${path === "" ? "" : `${path}: `}${message}`);

const problemsOf = ({ file = "hosts", script, text }: Refused): readonly string[] => {
  const draft = newDraft();
  const source: InventorySource = script
    ? { kind: "script", file, text, hostTexts: new Map() }
    : { kind: "file", file, text };
  readSource(draft, source);
  return told(draft);
};

describe("says what is wrong, where, and what is expected", () => {
  const refused = cases("refused-formats") as readonly (Refused & { readonly problems: readonly string[] })[];
  it.each(refused.map((one) => [one.name, one] as const))("%s", (_, one) => {
    expect(problemsOf(one)).toEqual(one.problems);
  });
});

const iniPieces = fc.constantFrom(
  ..."[ ] : = # ; ' \" \\ , { } ( ) - . 0 1 9 a web [web] [web:vars] [web:children] [x:y] web[1:3] x=1".split(" "),
  " ",
  "\n",
  "\r\n",
  "\t",
  "\0",
  "\u2028",
  "é",
  "__proto__",
);

it("never throws, whatever the text", () => {
  fc.assert(
    fc.property(fc.array(iniPieces, { maxLength: 60 }), (pieces) => {
      readIniInventory(newDraft(), { file: "hosts", text: pieces.join("") });
      readSource(newDraft(), { kind: "file", file: "hosts", text: pieces.join("") });
    }),
    { numRuns: 2_000 },
  );
});

const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const values = fc.oneof(
  fc.string({ unit: "grapheme" }).filter((text) => !/[\p{C}\p{Z}\u2028\u2029]/u.test(text.replaceAll(" ", ""))),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.string({ unit: "grapheme-ascii" }), fc.integer(), fc.boolean())),
  fc.dictionary(names, fc.integer()),
);

/** A value as Python writes it. */
const python = (value: unknown): string => {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([name, one]) => `${python(name)}: ${python(one)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
};

const forShell = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

it("reads back what is written: hosts, groups, inline values and group values", () => {
  fc.assert(
    fc.property(fc.dictionary(names, fc.dictionary(names, values), { minKeys: 1 }), (hosts) => {
      const entries = Object.entries(hosts);
      const inline = entries.map(([host, vars]) =>
        [host, ...Object.entries(vars).map(([name, value]) => `${name}=${forShell(python(value))}`)].join(" "),
      );
      const group = entries.flatMap(([, vars]) => Object.entries(vars));
      const lines = ["[g]", ...inline, "[g:vars]", ...group.map(([name, value]) => `${name} = ${python(value)}`)];
      const draft = newDraft();
      readIniInventory(draft, { file: "hosts", text: lines.join("\n") });
      expect(told(draft)).toEqual([]);
      expect([...draft.hosts.keys()]).toEqual(entries.map(([host]) => host));
      for (const [host, vars] of entries)
        expect({ ...[...draft.hosts.values()].find(({ name }) => name === host)?.vars?.values }).toEqual(vars);
      expect({ ...draft.groups.get("g")?.vars?.values }).toEqual(Object.fromEntries(group));
    }),
  );
});

it("splits a line into words without throwing, and joined words are the line without its quotes", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", " ", "'", '"', "\\", "#") }), (line) => {
      const split = shellWords(line, { comments: true });
      if (split.kind === "words") for (const { offset } of split.words) expect(line[offset]).not.toBe(" ");
    }),
  );
});

it("takes any text for a value without throwing", () => {
  const pieces = fc.constantFrom(
    ..."[ ] { } ( ) : , ' \" ''' \\ \\x \\N{a} 1 0 _ . e - + j b r u f # True None".split(" "),
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      pythonLiteral(parts.join(""));
    }),
    { numRuns: 2_000 },
  );
});

describe("texts that are not small", () => {
  it("are told apart after long comments", () => {
    const comments = "# a comment # and more\n".repeat(100_000);
    expect(problemsOf({ name: "", file: "hosts.cfg", text: `${comments}web1\n` })).toEqual([]);
    expect(problemsOf({ name: "", file: "hosts.cfg", text: `${comments}web:\n  hosts:\n` })).toEqual([
      expect.stringContaining("looks like YAML"),
    ]);
  });

  it("are read where a line is very long", () => {
    const long = "a".repeat(8_000_000);
    const spaces = " ".repeat(400_000);
    expect(problemsOf({ name: "", text: `[web:vars]\nx=${long}\n[web]\n${long}\n` })).toEqual([
      expect.stringContaining("has 8000000 characters"),
    ]);
    expect(problemsOf({ name: "", text: `[web]\n[web:vars]\nx=a${spaces}b\nx${spaces}y\n` })).toEqual([
      "4:1 in [web:vars], name=value is expected",
    ]);
    expect(problemsOf({ name: "", text: `[web]\n[web:vars]\nx='${long}'\n` })).toEqual([
      expect.stringContaining("longer than 1000000 characters"),
    ]);
  });
});
