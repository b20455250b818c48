import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote, sh } from "../../src/remote/quote.ts";

// What the shell hands to a program is printed by one that knows no shell.
const print = [process.execPath, "-e", "process.stdout.write(JSON.stringify(process.argv.slice(1)))", "--"];
const odd = [
  "",
  "plain",
  "a b",
  "it's",
  "\\",
  "a\\'b\\",
  "!x!",
  "$(id)",
  "`id`",
  "*?[a]",
  "~",
  "#c",
  "a;b&c|d>e",
  '"',
  "-n",
  "é ✓",
  "\t",
];

describe.each(["dash", "bash", "ksh", "mksh", "fish", "tcsh"])("a quoted word under %s", (shell) => {
  it("arrives as it was", () => {
    const seen = execFileSync(shell, ["-c", sh([...print, ...odd])], { encoding: "utf8" });
    expect(JSON.parse(seen)).toEqual(odd);
  });
});

describe("quoting", () => {
  it("keeps any text but NUL whole for sh, line feeds too", () => {
    const words = fc.array(
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\0", "")),
      {
        minLength: 200,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(words, (list) => {
        const wellFormed = list.map((word) => word.toWellFormed());
        const seen = execFileSync("/bin/sh", ["-c", sh([...print, ...wellFormed])], { encoding: "utf8" });
        expect(JSON.parse(seen)).toEqual(wellFormed);
      }),
      { numRuns: 5 },
    );
  });
  it("refuses NUL, which no shell can hold", () => {
    expect(() => quote("a\0b")).toThrow("NUL");
  });
});
