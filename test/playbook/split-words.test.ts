import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitWords } from "../../src/playbook/split-words.ts";

const wordsOf = (text: string, tags = false): readonly string[] => {
  const split = splitWords(text, { tags });
  if (split.kind === "fault") throw new Error(`${split.at}: ${split.because}`);
  return split.words;
};

/** What a real shell makes of the same lines: globbing off, words divided by a character that none of them holds. */
const shellWords = (shell: readonly [string, ...string[]], lines: readonly string[]): readonly string[][] => {
  const [program, ...args] = shell;
  const script = [
    "set -f",
    'show() { for w do printf "%s\\001" "$w"; done; printf "\\002"; }',
    ...lines.map((line) => `show ${line}`),
  ].join("\n");
  const printed = execFileSync(program, [...args, "-c", script], { encoding: "utf8" });
  return printed
    .split("\u0002")
    .slice(0, -1)
    .map((line) => line.split("\u0001").slice(0, -1));
};

const shells = [["dash"], ["bash", "--posix"], ["busybox", "ash"], ["ksh"], ["mksh"]] as const;

// Tilde, braces of bash, assignments and the like are done by some shells before or after words are split.
const pieces = fc.constantFrom(
  ...["a", "b", "-x", "é", "=", "#", "*", "%", "!", ":", " ", "  ", "\t", "'", '"', "\\", "\\\\", "'a b'", '"a \\" b"'],
  ...["\\ ", "\\'", '\\"', '"\\a"', "'\\'", '""', "''", "{", "}", "[", "]", "?", ",", "^", '"\\$"', "\\$", '"`"', "|"],
);
const lines = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));

describe("a text is split into words", () => {
  it("as a shell does, wherever it is not refused", () => {
    const taken = fc
      .sample(lines, 600)
      .filter((line) => splitWords(line, { tags: false }).kind === "words" && !/[{}!]/.test(line));
    expect(taken.length).toBeGreaterThan(150);
    const ours = taken.map((line) => wordsOf(line));
    for (const shell of shells) expect(shellWords(shell, taken), shell.join(" ")).toEqual(ours);
  });

  it("and never with what a shell would do more with", () => {
    for (const text of [
      "a|b",
      "a;b",
      "a&",
      "a<b",
      "a>b",
      "(a",
      "a)",
      "a`b`",
      "a$b",
      "a\nb",
      '"$b"',
      '"`b`"',
      "#a",
      "a #b",
    ])
      expect(splitWords(text, { tags: false }).kind, text).toBe("fault");
    expect(wordsOf("a#b \\#c '#d'")).toEqual(["a#b", "#c", "#d"]);
  });

  it("telling where the fault stands", () => {
    expect(splitWords("drain 'a' b | c", { tags: false })).toMatchObject({ kind: "fault", at: 12 });
    expect(splitWords("drain 'a", { tags: false })).toMatchObject({ at: 6, because: "a quote ' is not closed" });
    expect(splitWords("a\\", { tags: false })).toMatchObject({ at: 1, because: "a backslash stands before nothing" });
  });

  it("keeping a template's tag whole, with blanks and quotes of its own", () => {
    expect(wordsOf("drain {{ host.name }}:80 x", true)).toEqual(["drain", "{{ host.name }}:80", "x"]);
    expect(wordsOf(`a "{{#if (eq vars.x "y z")}}b c{{/if}} \\"d\\"" e`, true)).toEqual([
      ...["a", `{{#if (eq vars.x "y z")}}b c{{/if}} "d"`, "e"],
    ]);
    expect(wordsOf("a {b} {{{c}}}", true)).toEqual(["a", "{b}", "{{{c}}}"]);
  });

  it("quickly, whatever the text", () => {
    for (const part of ['"{{', '"{{}}', "{{", '{"', "{{{", "\\'"])
      for (const tags of [true, false])
        for (const text of [part.repeat(1000), `"${part.repeat(1000)}`]) splitWords(text, { tags });
  });
});
