import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/conntrack/findings/catalogue.ts";
import {
  findCode,
  findingCodes,
  jsonCodes,
  jsonExplanation,
  textCodes,
  textExplanation,
} from "../../src/report/explain.ts";
import { wrap } from "../../src/report/wrap.ts";

const plain = (text: string): string => text;
const colours = { good: plain, changed: plain, warning: plain, bad: plain, faint: plain, bold: plain };

describe("an explanation", () => {
  it("is found by its code in any case, and by its number", () => {
    expect(["CT202", "ct202", "202", "Ct202"].map(findCode)).toEqual(["CT202", "CT202", "CT202", "CT202"]);
    expect(["CT999", "", "constructor", "__proto__", "0202"].map(findCode)).toEqual(new Array(5).fill(undefined));
  });

  it("says what it is, what it means, why, how it is seen, what to do, and when it may be left", () => {
    const text = textExplanation("CT202", colours);
    const { means, see, cure } = catalogue.CT202;
    expect(text.split("\n")[0]).toBe(`CT202 warning: ${catalogue.CT202.title}`);
    for (const part of [means.slice(0, 60), ...see, ...cure]) expect(text).toContain(part);
    expect([...text.matchAll(/^\S.*$/gm)].map(([line]) => line).slice(1)).toEqual([
      "What it means",
      "Why it happens",
      "How to see it on the host (changes nothing)",
      "What to do",
      "When it may be left as it is",
    ]);
  });

  it("says both severities where there are two", () => {
    expect(textExplanation("CT106", colours)).toMatch(/^CT106 info, at worst warning: /);
  });

  it.each(findingCodes)("%s is the same for scripts", (code) => {
    const told: unknown = JSON.parse(jsonExplanation(code));
    expect(told).toEqual({ schema: 1, code, family: expect.any(String) as string, ...catalogue[code] });
  });
});

describe("the list of codes", () => {
  it("has each of them on a line of its own, under its family", () => {
    const lines = textCodes(colours).split("\n");
    const listed = lines.flatMap((line) => /^ {2}(CT\d{3}) {2}(?:info|warning|error) /.exec(line)?.[1] ?? []);
    expect(listed).toEqual(findingCodes);
    expect(lines[0]).toBe("CT1xx: Pressure on the table");
  });

  it("is the same for scripts", () => {
    const { findings } = JSON.parse(jsonCodes()) as { readonly findings: readonly { readonly code: string }[] };
    expect(findings.map(({ code }) => code)).toEqual(findingCodes);
  });
});

describe("wrapping", () => {
  it("breaks at blanks only, and lets a long word stand alone", () => {
    expect(wrap("one two three-and-a-half four", { width: 9, indent: "  " })).toEqual([
      "  one two",
      "  three-and-a-half",
      "  four",
    ]);
  });
});
