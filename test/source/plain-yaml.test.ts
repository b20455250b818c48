import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockTree } from "../../src/source/block-tree.ts";
import { jsonTree } from "../../src/source/json-tree.ts";
import { readYaml } from "../../src/source/yaml.ts";
import { libraryTree } from "../../src/source/yaml-tree.ts";

/** The quick reader must be right or silent: what it gives is what the library gives. */
const agree = (text: string): boolean => {
  const tree = blockTree(text);
  if (tree !== undefined) expect({ text, tree }).toEqual({ text, ...libraryTree(text) });
  return tree !== undefined;
};

const values = fc.constantFrom(
  ...[
    "a",
    "1",
    "b c",
    "x:y",
    "'q'",
    '"dq"',
    "'it''s'",
    '"e\\n\\"x"',
    '"\\x41"',
    "",
    "# c",
    "v # c",
    "v#c",
    "-5",
    "- x",
  ],
  ...["~", "{}", "[]", "[a, b]", "{a: 1}", "{a: 1, b: [x, y]}", "{a: , b}", "[a,]", "[a: b]", "{'k':v}", "{a:1}"],
  ...["|", "|-", "!vault |", "!x y", "&a b", "*a", "&a", "&b # c", "&b {a: *b}", "[*a, *b]", "a: b", "a:", "? x", ">"],
  ...[
    "@x",
    "%x",
    "-",
    "---",
    "...",
    "a  ",
    "'q'#c",
    "é",
    "[a, # c",
    "$x",
    "(x)",
    '{a: "b, c"}',
    "[{a: b}]",
    "\t",
    "a\tb",
  ],
);
const keys = fc.constantFrom(
  "a",
  "b",
  "web[1:3]",
  "x.y",
  "'k'",
  '"k2"',
  "no",
  "1",
  "a b",
  "<<",
  "k#",
  "?",
  "web1:22",
  "é",
);
const indents = fc.constantFrom("", "  ", "    ", "      ", " ");
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(indents, keys, values).map(([indent, key, value]) => `${indent}${key}: ${value}`) },
  { weight: 4, arbitrary: fc.tuple(indents, keys).map(([indent, key]) => `${indent}${key}:`) },
  { weight: 2, arbitrary: fc.tuple(indents, values).map(([indent, value]) => `${indent}- ${value}`) },
  fc.tuple(indents, keys, values).map(([indent, key, value]) => `${indent}- ${key}: ${value}`),
  fc.tuple(indents, values).map(([indent, value]) => `${indent}${value}`),
  fc.constantFrom("", "  ", "# c", "   # c", "---", "..."),
);
const texts = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom("", "\n", "\r\n"))
  .map(([lines, end]) => lines.join("\n") + end);

describe("the quick YAML reader", () => {
  it("gives the library's tree or none, whatever the text", () => {
    fc.assert(
      fc.property(texts, (text) => {
        agree(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it("takes --- for a marker at the line's beginning only", () => {
    expect(["---\na: 1\n", "  ---\na: 1\n"].map(agree)).toEqual([true, false]);
  });

  it("leaves texts with very many escapes to the library", () => {
    const many = [`"${"\\n".repeat(2_000_000)}"`, `'${"''".repeat(2_000_000)}'`, `[a${":b".repeat(2_000_000)}]`];
    expect(many.map((one) => blockTree(`a: ${one}\n`))).toEqual([undefined, undefined, undefined]);
  });

  it("reads a long text in quotes, and one with much space in it", () => {
    const long = ["a".repeat(8_000_000), `a${" ".repeat(400_000)}b`];
    const texts = [
      ...long.flatMap((one) => [`"${one}"`, `'${one}'`]),
      `a${" ".repeat(400_000)}b`,
      `[a${" ".repeat(400_000)}b]`,
    ];
    expect(texts.map((one) => blockTree(`a: ${one}\n`)?.kind)).toEqual(texts.map(() => "map"));
  });

  it("reads maps in maps, lists and texts", () => {
    const plain = [
      'all:\n  hosts:\n    web[1:3]:\n      a: 1\n      b: {c: [d, "e f"]} # g\n',
      "a:\n- b: c\n  d: 'e'\n- |\n  f\n\n   g\n- &h\n  i: j\nk: *h\n",
      "---\na: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\nb: |-\n    c\n# d\ne:\n",
    ];
    expect(plain.map(agree)).toEqual([true, true, true]);
  });

  it("agrees with the library on every inventory among the cases", () => {
    const folder = "test/cases/inventory/formats";
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (one) => one.isFile() && /\.ya?ml$/.test(one.name),
    );
    const read = files.map((one) => agree(readFileSync(join(one.parentPath, one.name), "utf8")));
    expect(read.filter(Boolean).length).toBeGreaterThan(files.length / 2);
  });
});

const value = (text: string): unknown => {
  const read = readYaml({ file: "f", text });
  if (read.kind === "problems") throw new Error(JSON.stringify(read.problems));
  return read.value.value;
};

describe("JSON", () => {
  it("has the values that JSON.parse gives", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // a whole number that a double cannot hold is refused
        fc.pre(!/\d{16}/.test(text));
        const parsed = JSON.parse(text) as unknown;
        // what is no map or list is YAML's to read
        if (typeof parsed === "object" && parsed !== null) expect(value(text)).toEqual(parsed);
      }),
    );
  });

  it("is JSON before it is YAML: tabs, escapes, and numbers that YAML takes for text", () => {
    expect(value('{\t"a": 1e3, "b": -1E-2, "c": "\\/\\ud83d\\ude00", "d": NaN, "e": -Infinity}')).toEqual({
      a: 1000,
      b: -0.01,
      c: "/😀",
      d: Number.NaN,
      e: Number.NEGATIVE_INFINITY,
    });
  });

  it("keeps places and what was written", () => {
    const read = readYaml({ file: "f", text: '{\n  "a": [1e3,\n    {"b": 022}]}'.replace("022", "22") });
    if (read.kind === "problems") throw new Error();
    expect(read.value.at(["a", 1, "b"])).toEqual({ file: "f", line: 3, column: 11 });
    expect(read.value.written(["a", 0])).toBe("1e3");
  });

  it("takes a text with millions of escapes", () => {
    expect(value(`["${"\\n".repeat(4_000_000)}"]`)).toEqual(["\n".repeat(4_000_000)]);
  });

  it("never throws", () => {
    const pieces = fc.constantFrom(
      ...'{ } [ ] : , " \\ \\u0 1 - . e true null NaN a \t'.split(" "),
      "\n",
      '"a"',
      "\u0001",
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        jsonTree(parts.join(""));
      }),
      { numRuns: 2_000 },
    );
  });
});
