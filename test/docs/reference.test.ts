import { describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/run.ts";
import { desire } from "../../src/conntrack/desire.ts";
import { tableBytes } from "../../src/conntrack/memory.ts";
import { factTable } from "../../src/expr/fact-table.ts";
import { type CommandHelp, cliPage, commandsIn } from "../../src/report/reference/cli.ts";
import { factMeanings } from "../../src/report/reference/fact-meanings.ts";
import { factsPage } from "../../src/report/reference/facts.ts";
import { failuresPage } from "../../src/report/reference/failures.ts";
import { findingsPage } from "../../src/report/reference/findings.ts";
import { keyMeanings } from "../../src/report/reference/key-meanings.ts";
import { playbookKeys } from "../../src/report/reference/playbook-keys.ts";
import { type SizedHost, type SizeExample, sizesPage } from "../../src/report/reference/sizes.ts";
import { tasksPage } from "../../src/report/reference/tasks.ts";
import { factsOf } from "../support/facts.ts";
import { compiledPlay } from "../support/play.ts";

const file = (name: string): string => `../../docs/reference/${name}.md`;

/** What the program prints for `--help` after these words. */
const helpOf = async (words: readonly string[]): Promise<string> => {
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  try {
    expect(await run([...words, "--help"], "0.0.0")).toBe(0);
  } finally {
    spy.mockRestore();
  }
  return printed.join("");
};

/** A command and all below it. */
const helps = async (words: readonly string[] = []): Promise<readonly CommandHelp[]> => {
  const help = await helpOf(words);
  const all: CommandHelp[] = [{ words, help }];
  // In turn: they share the process's standard output.
  for (const name of commandsIn(help)) all.push(...(await helps([...words, name])));
  return all;
};

/** What a rule gives on a host that nobody has treated. */
const example = (rule: string, facts: ReturnType<typeof factsOf>): SizeExample => {
  const { task } = compiledPlay(`- conntrack: { size: { rule: ${rule} } }`).tasks[0]!;
  const found = task.kind === "conntrack" ? desire(task, facts) : undefined;
  if (found?.kind === "refused") return { kind: "refused" };
  if (found?.kind !== "desired") throw new Error(`${rule} gives nothing`);
  const { max = 0, buckets = 0 } = found.desired;
  return { kind: "sized", max, buckets, bytes: tableBytes(facts, { max, buckets }) };
};

const sizedHost = (gibibytes: number, cpus: number): SizedHost => {
  const facts = factsOf({ memoryMiB: gibibytes * 1024, cpus, kernel: "6.1.0", objectSize: 256, state: "unloaded" });
  return {
    gibibytes,
    cpus,
    rules: new Map(["memory", "classic", "cores"].map((rule) => [rule, example(rule, facts)])),
  };
};

describe("the reference is what the code says (npx vitest run test/docs -u writes it anew)", () => {
  it("findings.md", async () => {
    await expect(findingsPage()).toMatchFileSnapshot(file("findings"));
  });

  it("facts.md", async () => {
    await expect(factsPage()).toMatchFileSnapshot(file("facts"));
  });

  it("tasks.md", async () => {
    await expect(tasksPage()).toMatchFileSnapshot(file("tasks"));
  });

  it("sizes.md", async () => {
    const hosts = [
      sizedHost(0.25, 1),
      sizedHost(1, 1),
      sizedHost(4, 2),
      sizedHost(16, 4),
      sizedHost(60, 16),
      sizedHost(256, 64),
    ];
    await expect(sizesPage(hosts)).toMatchFileSnapshot(file("sizes"));
  });

  it("failures.md", async () => {
    await expect(failuresPage()).toMatchFileSnapshot(file("failures"));
  });

  it("cli.md", async () => {
    await expect(cliPage(await helps())).toMatchFileSnapshot(file("cli"));
  });
});

describe("every name has a meaning, and every meaning a name", () => {
  it("among the facts", () => {
    expect([...factMeanings.keys()].sort()).toEqual([...factTable.keys()].sort());
  });

  it("among the keys of a playbook", () => {
    expect([...keyMeanings.keys()].sort()).toEqual([...playbookKeys()].sort());
  });
});
