import { describe, expect, it } from "vitest";
import { resolvePlain } from "../../src/source/scalars.ts";
import { readYaml, type YamlDocument } from "../../src/source/yaml.ts";

const document = (text: string): YamlDocument => {
  const result = readYaml({ file: "f", text });
  if (result.kind === "problems") throw new Error(JSON.stringify(result.problems));
  return result.value;
};

const problems = (text: string): readonly string[] => {
  const result = readYaml({ file: "f", text });
  return result.kind === "ok" ? [] : result.problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
};

describe("reads plain words as PyYAML does", () => {
  it.each([
    ["0644", 420],
    ["08", "08"],
    ["0x1f", 31],
    ["0b11", 3],
    ["1_000", 1000],
    ["1:30", 90],
    ["-5", -5],
    ["1e3", "1e3"],
    ["1.5e+3", 1500],
    [".5", 0.5],
    ["-.5", "-.5"],
    ["+.5", "+.5"],
    ["1.", 1],
    ["-.inf", -Infinity],
    ["no", false],
    ["On", true],
    ["yES", "yES"],
    ["y", "y"],
    ["~", null],
    ["", null],
    ["Null", null],
    ["2026-11-22", "2026-11-22"],
    ["web1", "web1"],
  ])("%s", (text, value) => expect(resolvePlain(text)).toEqual({ kind: "value", value }));
});

it("keeps quoted words as text", () => {
  expect(document("['no', \"22\", !!str 22, ! 22, |\n 22]".replace(", |\n 22", "")).value).toEqual([
    "no",
    "22",
    "22",
    "22",
  ]);
});

it("finds places through lists, aliases and merge keys", () => {
  const { at, keyAt, written } = document("a: &a\n  x: 010\nb:\n  - <<: *a\n    y: 1\nc: *a\n");
  expect(at(["b", 0, "x"])).toEqual({ file: "f", line: 2, column: 6 });
  expect(keyAt(["b", 0, "y"])).toEqual({ file: "f", line: 5, column: 5 });
  expect(keyAt(["c", "x"])).toEqual({ file: "f", line: 2, column: 3 });
  expect(at(["b", 0, "none", "deeper"])).toEqual({ file: "f", line: 4, column: 5 });
  expect(written(["c", "x"])).toBe("010");
  expect(written(["c", "none"])).toBeUndefined();
});

it("never changes the prototype of anything", () => {
  const value = document("<<: { __proto__: { polluted: 1 }, constructor: 1 }\n__proto__: { polluted: 2 }\n")
    .value as object;
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it("takes a list of maps to merge: the first wins, and the map itself over all", () => {
  const text = "a: &a { x: 1, y: 1 }\nb: &b { x: 2, z: 2 }\nc: { z: 3, <<: [*a, *b] }\n";
  expect((document(text).value as Record<string, object>).c).toEqual({ x: 1, y: 1, z: 3 });
});

it("stops a bomb of merge keys", () => {
  const wide = Array.from({ length: 2_000 }, (_, at) => `k${at}: 1`).join(", ");
  const many = Array.from({ length: 2_000 }, (_, at) => `m${at}: { <<: *a }`).join("\n");
  expect(problems(`a: &a { ${wide} }\n${many}\n`)).toHaveLength(1);
});

it("gives at most a hundred problems and says how many more there are", () => {
  const found = problems("no: 1\n".repeat(150));
  expect(found).toHaveLength(101);
  expect(found.at(-1)).toContain("and 50 more problems");
});

it("refuses a text that is too large without reading it", () => {
  expect(problems(" ".repeat(16 * 1024 * 1024 + 1))).toEqual(["1:1 the text is longer than 16777216 characters"]);
});
