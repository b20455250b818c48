import { append } from "../../model/append.ts";
import type { ConfigFacts, ConfigLine } from "../../model/facts.ts";
import { rememberFor } from "../../model/remember.ts";

/** One file that a reader opens, with its lines about conntrack. Nothing is known of what is in an unreadable one. */
export type ConfFile = { readonly path: string; readonly lines: readonly ConfigLine[]; readonly readable: boolean };

/** First folder first: a file there hides those of the same name in the folders after it (sysctl.d(5), modprobe.d(5)). */
const folders = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"] as const;

/** Lines by their file, in their order. */
const linesByFile = rememberFor((lines: readonly ConfigLine[]): ReadonlyMap<string, readonly ConfigLine[]> => {
  const all = new Map<string, ConfigLine[]>();
  for (const line of lines) append(all, line.file, line);
  for (const own of all.values()) own.sort((a, b) => a.line - b.line);
  return all;
});

export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
/** As strcmp and the C locale have it, whatever the language of this program's user. */
const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A file by its path; undefined where the host does not have it. */
export const fileAt = (config: ConfigFacts, path: string): ConfFile | undefined => {
  const lines = linesByFile(config.lines).get(path) ?? [];
  if (lines.length === 0 && !filesIn(config, folderOf(path)).includes(path)) return undefined;
  return { path, lines, readable: !config.unreadable.includes(path) };
};

const filesByFolder = rememberFor((config: ConfigFacts): ReadonlyMap<string, readonly string[]> => {
  const all = new Map<string, string[]>();
  for (const path of new Set([...config.files, ...linesByFile(config.lines).keys()])) append(all, folderOf(path), path);
  for (const own of all.values()) own.sort(byBytes);
  return all;
});

/** Paths of the files in one folder, by name. */
export const filesIn = (config: ConfigFacts, folder: string): readonly string[] =>
  filesByFolder(config).get(folder) ?? [];

/**
 * The files of `sysctl.d`, `modprobe.d` or `modules-load.d` as systemd, procps and kmod order them: `.conf` only, by base
 * name over all folders; of one name the first folder's file counts alone, even where it is empty or a link to /dev/null.
 * A folder that could not be listed comes last: what it holds may overrule anything.
 */
export const dropIns = (
  config: ConfigFacts,
  kind: "sysctl.d" | "modprobe.d" | "modules-load.d",
  order: readonly string[] = folders,
): readonly ConfFile[] => {
  const winners = new Map<string, string>();
  for (const folder of order)
    for (const path of filesIn(config, `${folder}/${kind}`)) {
      const name = baseName(path);
      if (name.endsWith(".conf") && !name.startsWith(".") && !winners.has(name)) winners.set(name, path);
    }
  const sorted = [...winners].sort(([a], [b]) => byBytes(a, b)).map(([, path]) => path);
  return [...sorted.flatMap((path) => fileAt(config, path) ?? []), ...closed(config, kind)];
};

const closed = (config: ConfigFacts, kind: string): readonly ConfFile[] =>
  config.unreadable
    .filter((path) => folders.some((folder) => path === `${folder}/${kind}` || path.startsWith(`${folder}/${kind}: `)))
    .map((path) => ({ path, lines: [], readable: false }));

/** `/etc/sysctl.conf:3` */
export const place = ({ file, line }: { readonly file: string; readonly line: number }): string => `${file}:${line}`;
