import { join } from "node:path";
import { folderEntries, wayInto } from "./folder-entries.ts";

/** Names that Ansible leaves out of a folder of inventories (its INVENTORY_IGNORE_EXTS and what it always ignores). */
const ignored =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;

/** The inventory files of a folder in Ansible's order: sorted names, folders among them walked where they stand. */
export const inventoryFiles = async (folder: string, from: readonly string[] = []): Promise<readonly string[]> => {
  const way = await wayInto(folder, from);
  if (way === undefined) return [];
  const files: string[] = [];
  for (const { name, kind } of (await folderEntries(folder)) ?? []) {
    if (ignored.test(name)) continue;
    // the folder as it was named: messages and group_vars go by it
    const path = join(folder, name);
    if (kind === "folder") files.push(...(await inventoryFiles(path, way)));
    else files.push(path);
  }
  return files;
};
