import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/run.ts";
import { catalogue } from "../../src/conntrack/findings/catalogue.ts";
import { factTable } from "../../src/expr/fact-table.ts";
import { playbookJsonSchema } from "../../src/playbook/written.ts";

const section = readFileSync("README.md", "utf8")
  .split(/^## /m)
  .find((text) => text.startsWith("The runbook"))!;

/** The rows of the table: the step, what was done by hand, what does it now. */
const rows = [...section.matchAll(/^\| (S\d+) \| (.*?) \| (.*) \|$/gm)].map(([, step = "", , cover = ""]) => ({
  step,
  cover,
}));

const quoted = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, inner = ""]) => inner);
const codesIn = (text: string): readonly string[] => text.match(/\bCT\d{3}\b/g) ?? [];

/** What the program prints for `--help` after a command's name. */
const helpOf = async (command: string): Promise<string> => {
  let printed = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    expect(await run([command, "--help"], "0.0.0")).toBe(0);
  } finally {
    spy.mockRestore();
  }
  return printed;
};

const isKey = (word: string): boolean => JSON.stringify(playbookJsonSchema()).includes(`"${word}":`);

/** Is it there: a template, a fact, or a key of a playbook? */
const exists = (word: string): boolean =>
  word.endsWith(".hbs")
    ? existsSync(`templates/${word}`)
    : word.startsWith("facts.")
      ? factTable.has(word.slice("facts.".length))
      : isKey(word);

describe("README's runbook", () => {
  it("covers each step, in order", () => {
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, at) => `S${at + 1}`));
  });

  it.each(rows)("$step is covered by what is there", async ({ step, cover }) => {
    const words = quoted(cover);
    const commands = words.filter((word) => word.startsWith("ctfleet "));
    // S12 points at S11.
    if (step !== "S12") expect([...words, ...codesIn(cover)]).not.toEqual([]);
    for (const command of commands) {
      const [, name = "", ...rest] = command.split(" ");
      const help = await helpOf(name);
      for (const word of rest) {
        if (word.startsWith("--")) expect(help).toContain(word);
        if (word.endsWith(".yaml")) expect(existsSync(word), word).toBe(true);
      }
    }
    for (const word of words.filter((one) => !commands.includes(one))) expect(exists(word), word).toBe(true);
    for (const code of codesIn(cover)) expect(Object.keys(catalogue)).toContain(code);
  });

  it("names commands as they are in the text above the table", async () => {
    expect(section).toContain("ctfleet explain CODE");
    expect(await helpOf("explain")).toContain("CODE");
  });
});
