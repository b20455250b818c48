import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./read-text.ts";

export type FolderEntry = { readonly name: string; readonly path: string; readonly kind: "file" | "folder" };

/**
 * What is in a folder, sorted as Python sorts names, links followed; other kinds (sockets, links to nothing) are left out.
 * Undefined where there is no such folder.
 */
export const folderEntries = async (folder: string): Promise<readonly FolderEntry[] | undefined> => {
  try {
    const names = await readdir(folder);
    const entries = await Promise.all(names.sort(byCodePoint).map((name) => entryAt(folder, name)));
    return entries.filter((entry) => entry !== undefined);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return undefined;
    throw error;
  }
};

const entryAt = async (folder: string, name: string): Promise<FolderEntry | undefined> => {
  const path = join(folder, name);
  const kind = await kindOf(path);
  return kind === undefined ? undefined : { name, path, kind };
};

/** Undefined where there is nothing, or neither a file (or pipe) nor a folder. */
export const kindOf = async (path: string): Promise<FolderEntry["kind"] | undefined> => {
  try {
    const about = await stat(path);
    return about.isDirectory()
      ? "folder"
      : about.isFile() || about.isFIFO() || about.isCharacterDevice()
        ? "file"
        : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error))) return undefined;
    throw error;
  }
};

/**
 * The folders on the way to a file, this one last; undefined where links lead back to one of them: all that is in it is
 * read there already, and two such links would be walked for ever.
 */
export const wayInto = async (folder: string, way: readonly string[]): Promise<readonly string[] | undefined> => {
  const real = await realpath(folder);
  return way.includes(real) ? undefined : [...way, real];
};

/** UTF-8 keeps the order of code points, which UTF-16 does not. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
