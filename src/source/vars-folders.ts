import { dirname, extname, join } from "node:path";
import { type Checked, checked, type Problem } from "../model/problem.ts";
import { type FolderEntry, folderEntries, kindOf, wayInto } from "./folder-entries.ts";
import { inOrder } from "./in-order.ts";
import { readText, refusedFor } from "./read-text.ts";
import type { VarsText } from "./sources.ts";

type Wanted = {
  /** Folders of the inventory sources, in their order: see `inventoryFolders`. */
  readonly inventoryDirs: readonly string[];
  readonly playbookDir: string | undefined;
  readonly groups: Iterable<string>;
  readonly hosts: Iterable<string>;
};
type VarsFile = Omit<VarsText, "text">;

/** Where `group_vars` and `host_vars` are looked for: a folder of sources itself, the folder of a file, none for a host list. */
export const inventoryFolders = async (words: readonly string[]): Promise<readonly string[]> => {
  const folders: string[] = [];
  for (const word of words) {
    const kind = await kindOf(word);
    if (kind !== undefined) folders.push(kind === "folder" ? word : dirname(word));
  }
  // a folder that stands twice weighs what its last place weighs
  return folders.filter((folder, at) => folders.lastIndexOf(folder) === at);
};

/**
 * The files of `group_vars` and `host_vars` that belong to these groups and hosts, weakest first, read. Each folder is
 * listed once, so hosts without a file cost nothing.
 */
export const readVarsFolders = async (wanted: Wanted): Promise<Checked<readonly VarsText[]>> => {
  const { inventoryDirs, playbookDir } = wanted;
  // they may be read once only, and each folder needs them
  const names = { group: [...wanted.groups], host: [...wanted.hosts] };
  const places = [
    ...inventoryDirs.map((folder) => ({ layer: "inventory_files", folder }) as const),
    ...(playbookDir === undefined ? [] : [{ layer: "playbook_files", folder: playbookDir } as const]),
  ];
  const texts: VarsText[] = [];
  const problems: Problem[] = [];
  for (const { layer, folder } of places)
    for (const kind of ["group", "host"] as const) {
      const files = await filesIn(join(folder, `${kind}_vars`), { layer, kind, names: names[kind] }, problems);
      const read = await inOrder(files, async (file) => ({ file, text: await readText(file.file) }));
      for (const { file, text } of read)
        if (text.kind === "ok") texts.push({ ...file, text: text.value.text });
        else problems.push(...text.problems);
    }
  return checked(texts, problems);
};

type Kind = {
  readonly layer: VarsText["layer"];
  readonly kind: "group" | "host";
  readonly names: readonly string[];
};

const filesIn = async (
  folder: string,
  { layer, kind, names }: Kind,
  problems: Problem[],
): Promise<readonly VarsFile[]> => {
  const files: VarsFile[] = [];
  try {
    const entries = new Map((await folderEntries(folder))?.map((entry) => [entry.name, entry]));
    if (entries.size === 0) return files;
    for (const name of names) {
      // the first that exists stands alone: a folder NAME hides NAME.yml
      const entry = endings.map((ending) => entries.get(name + ending)).find((one) => one !== undefined);
      const found = entry === undefined ? [] : await filesOf(entry);
      files.push(...found.map((file) => ({ layer, of: { kind, name }, file })));
    }
  } catch (error) {
    problems.push(refusedFor(folder, error));
  }
  return files;
};

const endings = ["", ".yml", ".yaml", ".json"];

const filesOf = async ({ kind, path }: FolderEntry, from: readonly string[] = []): Promise<readonly string[]> => {
  if (kind === "file") return [path];
  const way = await wayInto(path, from);
  if (way === undefined) return [];
  const inside = await folderEntries(path);
  const files = (inside ?? []).filter(isVarsEntry).map((entry) => filesOf(entry, way));
  return (await Promise.all(files)).flat();
};

/** Hidden files and backups are left out; folders have no ending in their names. */
const isVarsEntry = ({ name, kind }: FolderEntry): boolean => {
  const ending = extname(name);
  if (name.startsWith(".") || name.endsWith("~")) return false;
  return kind === "folder" ? ending === "" : endings.includes(ending);
};
