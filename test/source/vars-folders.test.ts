import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inventoryFolders, readVarsFolders } from "../../src/source/vars-folders.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-vars-"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
};

const read = async (parts: Partial<Parameters<typeof readVarsFolders>[0]>): Promise<readonly string[]> => {
  const result = await readVarsFolders({
    inventoryDirs: [folder],
    playbookDir: undefined,
    groups: [],
    hosts: [],
    ...parts,
  });
  if (result.kind === "problems") return result.problems.map(({ at, message }) => `${at.file}: ${message}`);
  return result.value.map(({ layer, of, file }) => `${layer} ${of.kind} ${of.name} ${file.replace(`${folder}/`, "")}`);
};

it("reads what belongs to the groups and hosts that are asked for, the playbook's last", async () => {
  await write({ "group_vars/web.yml": "", "group_vars/db": "", "host_vars/w1/a.json": "", "play/host_vars/w1": "" });
  expect(await read({ groups: ["all", "web"], hosts: ["w1", "w2"], playbookDir: join(folder, "play") })).toEqual([
    "inventory_files group web group_vars/web.yml",
    "inventory_files host w1 host_vars/w1/a.json",
    "playbook_files host w1 play/host_vars/w1",
  ]);
});

it("never leaves the folder, whatever a host is called", async () => {
  await write({ "secret.yml": "", "host_vars/x": "" });
  expect(await read({ hosts: ["../secret", "..", ".", "/etc/passwd", "x/../../secret", ""] })).toEqual([]);
});

it("takes a group_vars that is a file for none, as Ansible does", async () => {
  await write({ group_vars: "a: 1\n" });
  expect(await read({ groups: ["all"] })).toEqual([]);
});

it("says which file cannot be read", async () => {
  await write({ "host_vars/w1.yml": Buffer.from([0xff]) });
  expect(await read({ hosts: ["w1"] })).toEqual([`${folder}/host_vars/w1.yml: is not UTF-8 text`]);
});

it("goes by the folder of a file, a folder itself, and no folder for a list of hosts; the last place counts", async () => {
  await write({ "a/hosts": "", "a/more": "", "b/hosts": "" });
  const words = ["a/hosts", "b", "a/more"].map((word) => join(folder, word));
  expect(await inventoryFolders([...words, "w1,w2"])).toEqual([join(folder, "b"), join(folder, "a")]);
});

it("reads a folder once, where links in it lead back to it", async () => {
  await write({ "group_vars/all/a.yml": "" });
  for (const name of ["again", "and-again", "z"]) await symlink(".", join(folder, "group_vars/all", name));
  expect(await read({ groups: ["all"] })).toEqual(["inventory_files group all group_vars/all/a.yml"]);
});
