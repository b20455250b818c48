import { chmod, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addVarsText } from "../../src/inventory/add-vars.ts";
import { draftInventory, finishInventory } from "../../src/inventory/parse.ts";
import { listInventory } from "../../src/inventory/show.ts";
import { readInventorySources } from "../../src/source/inventory-sources.ts";
import { inventoryFolders, readVarsFolders } from "../../src/source/vars-folders.ts";
import { type Judgement, judge } from "../support/ansible.ts";

const corpus = "test/cases/inventory/formats";
const names = (await readdir(corpus)).sort();
const verdicts = new Map<string, Judgement>();
let folder = "";

/** What stands after `-i`, each in its line; `hosts` where a case says nothing. */
const wordsOf = async (name: string): Promise<readonly string[]> => {
  const text = await readFile(join(folder, name, "words.txt"), "utf8").catch(() => "hosts\n");
  return text.split("\n").filter((word) => word !== "");
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-formats-"));
  await cp(corpus, folder, { recursive: true });
  for (const file of await readdir(folder, { recursive: true }))
    if (file.endsWith(".sh")) await chmod(join(folder, file), 0o755);
  const cases = await Promise.all(
    names.map(async (name) => ({
      program: "ansible-inventory" as const,
      args: ["--list", ...(await wordsOf(name)).flatMap((word) => ["-i", word])],
      cwd: join(folder, name),
    })),
  );
  for (const [at, verdict] of (await judge(cases)).entries()) verdicts.set(names[at] ?? "", verdict);
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

/** Our listing of a case, as JSON would carry it. */
const listed = async (name: string): Promise<unknown> => {
  const words = (await wordsOf(name)).map((word) => (word.includes(",") ? word : join(folder, name, word)));
  const sources = await readInventorySources(words, { onStderr: () => undefined });
  if (sources.kind === "problems") return sources.problems;
  const draft = draftInventory(sources.value);
  const inventoryDirs = await inventoryFolders(words);
  const vars = await readVarsFolders({
    inventoryDirs,
    // ansible-inventory takes the folder that it runs in for the playbook's
    playbookDir: join(folder, name),
    groups: draft.groups.keys(),
    hosts: draft.hosts.keys(),
  });
  if (vars.kind === "problems") return vars.problems;
  for (const text of vars.value) addVarsText(draft, text);
  const inventory = finishInventory(draft);
  return inventory.kind === "ok" ? JSON.parse(JSON.stringify(listInventory(inventory.value))) : inventory.problems;
};

describe("lists what ansible-inventory lists", () => {
  it.each(names)("%s", async (name) => {
    const verdict = verdicts.get(name);
    expect(verdict).toMatchObject({ exit: 0 });
    expect(await listed(name)).toEqual(JSON.parse(verdict?.stdout ?? ""));
  });
});
