import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { globMatcher } from "../../inventory/glob.ts";

/** The paths that a shell pattern names, in the order of their bytes; none where nothing is there. Dot files only by name. */
export const expandGlob = async (pattern: string): Promise<readonly string[]> => {
  let found = ["/"];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    const next = await Promise.all(found.map((folder) => matching(folder, part)));
    found = next.flat();
  }
  return found;
};

const matching = async (folder: string, part: string): Promise<string[]> => {
  if (!/[*?[]/.test(part)) {
    const path = join(folder, part);
    return (await exists(path)) ? [path] : [];
  }
  const matches = globMatcher(part);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => matches(name) && (!name.startsWith(".") || part.startsWith(".")))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => join(folder, name));
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
