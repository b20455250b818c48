import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { addVarsText } from "../../src/inventory/add-vars.ts";
import type { Inventory } from "../../src/inventory/inventory.ts";
import { draftInventory, finishInventory } from "../../src/inventory/parse.ts";
import { graphLines, listInventory } from "../../src/inventory/show.ts";
import { readInventorySources } from "../../src/source/inventory-sources.ts";
import { inventoryFolders, readVarsFolders } from "../../src/source/vars-folders.ts";
import { type Judgement, judge } from "../support/ansible.ts";

const corpus = "test/cases/inventory/merging";
const names = readdirSync(corpus);

/** What a case's folder is given as: `hosts.yaml`, or what its `case.json` says. */
const given = (name: string): { sources: readonly string[]; playbook?: string } => {
  const file = join(corpus, name, "case.json");
  const said = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object) : {};
  return { sources: ["hosts.yaml"], ...said };
};

const loaded = async (name: string): Promise<Inventory> => {
  const { sources, playbook } = given(name);
  const words = sources.map((source) => join(corpus, name, source));
  const read = await readInventorySources(words, { onStderr: () => undefined });
  if (read.kind === "problems") throw new Error(JSON.stringify(read.problems));
  const draft = draftInventory(read.value);
  const vars = await readVarsFolders({
    inventoryDirs: await inventoryFolders(words),
    playbookDir: playbook === undefined ? undefined : join(corpus, name, playbook),
    groups: [...draft.groups.keys()],
    hosts: [...draft.hosts.keys()],
  });
  if (vars.kind === "problems") throw new Error(JSON.stringify(vars.problems));
  for (const text of vars.value) addVarsText(draft, text);
  const finished = finishInventory(draft);
  if (finished.kind === "problems") throw new Error(JSON.stringify(finished.problems));
  return finished.value;
};

describe("merges as ansible-inventory does", () => {
  let lists: readonly Judgement[] = [];
  let graphs: readonly Judgement[] = [];
  beforeAll(async () => {
    const lines = (action: string) =>
      names.map((name) => {
        const { sources, playbook } = given(name);
        const folder = playbook === undefined ? [] : ["--playbook-dir", playbook];
        const args = [...sources.flatMap((source) => ["-i", source]), ...folder, action];
        return { program: "ansible-inventory" as const, args, cwd: resolve(corpus, name) };
      });
    const all = await judge([...lines("--list"), ...lines("--graph")]);
    lists = all.slice(0, names.length);
    graphs = all.slice(names.length);
  }, 180_000);

  it.each(names)("%s", async (name) => {
    const inventory = await loaded(name);
    const list: unknown = JSON.parse(lists[names.indexOf(name)]?.stdout ?? "");
    expect(JSON.parse(JSON.stringify(listInventory(inventory)))).toEqual(list);
    expect(graphLines(inventory)).toEqual(graphs[names.indexOf(name)]?.stdout.trimEnd().split("\n"));
  });
});
