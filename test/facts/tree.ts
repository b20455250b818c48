import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One entry of a host tree: its text, with a mode and a date where they matter, or what else stands there. */
type Entry =
  | string
  | { readonly text: string; readonly mode?: string; readonly modified?: string }
  | { readonly link: string }
  | { readonly folder: true };

/** Path without leading slash, to what stands there. */
export type Tree = { readonly [path: string]: Entry };

/** Programs that stand in for the host's: what each prints, or null for one that refuses. */
export type Programs = { readonly [name: string]: string | null };

/** Makes a host's files under a root folder. Links come last, when what they lead to is there. */
export const plantTree = (root: string, tree: Tree): void => {
  mkdirSync(root, { recursive: true });
  const isLink = (entry: Entry) => typeof entry === "object" && "link" in entry;
  const entries = Object.entries(tree).toSorted(([, a], [, b]) => Number(isLink(a)) - Number(isLink(b)));
  for (const [path, entry] of entries) plantEntry(join(root, path), entry);
};

const plantEntry = (at: string, entry: Entry): void => {
  mkdirSync(dirname(at), { recursive: true });
  if (typeof entry === "string") writeFileSync(at, entry);
  else if ("link" in entry) symlinkSync(entry.link, at);
  else if ("folder" in entry) mkdirSync(at, { recursive: true });
  else {
    writeFileSync(at, entry.text);
    if (entry.mode !== undefined) chmodSync(at, Number.parseInt(entry.mode, 8));
    if (entry.modified !== undefined) utimesSync(at, new Date(entry.modified), new Date(entry.modified));
  }
};

/** Makes stand-ins in a folder that is to come first in PATH. Each is one process, as the program would be. */
export const plantPrograms = (folder: string, programs: Programs): void => {
  mkdirSync(folder, { recursive: true });
  for (const [name, output] of Object.entries(programs)) {
    const at = join(folder, name);
    writeFileSync(`${at}.out`, output ?? "");
    const print = 'while IFS= read -r line; do printf "%s\\n" "$line"; done <"$0.out"';
    writeFileSync(at, `#!/bin/sh\n${output === null ? "echo refused >&2; exit 1" : print}\n`);
    chmodSync(at, 0o755);
  }
};
