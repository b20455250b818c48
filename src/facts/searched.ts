import type { ConfigLine } from "../model/facts.ts";
import { remember } from "../model/remember.ts";
import { wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";
import { linesByName, parseLooks } from "./sweep.ts";

/** One file of a sweep of `grep -n`: with a leading slash, whether it could be read to its end, and what was found in it. */
export type SearchedFile = { readonly path: string; readonly readable: boolean; readonly lines: readonly ConfigLine[] };

export type Searched = {
  readonly files: readonly SearchedFile[];
  /** Folders of which a name cannot be shown: grep was not given it. */
  readonly unnamable: readonly string[];
};

/** Configuration that was searched: its names come in one part, the lines that were found in another. */
export const searchedFiles = (seen: Seen): Searched => sweepOf(seen, "searches", "found");

/** Saved rules. */
export const savedFiles = (seen: Seen): Searched => sweepOf(seen, "saves", "saved");

// In no path.
const between = "\0";

const sweepOf = (seen: Seen, names: string, found: string): Searched =>
  parseSweep([seen.part(names) ?? "", seen.part(found) ?? ""].join(between));

const parseSweep = remember((text): Searched => {
  const names = text.slice(0, text.indexOf(between));
  const looks = parseLooks(names);
  const found = linesByName(text.slice(names.length + 1), new Set(looks.map(({ path }) => path)));
  const files: SearchedFile[] = [];
  const unnamable = lostNames(names);
  for (const { path, readable } of looks) {
    const matches = found.get(path) ?? [];
    const isText = matches !== "binary" && matches.every((match) => match.length <= longest);
    if (controls.test(path)) unnamable.push(oddName(path));
    else
      files.push({
        path: `/${path}`,
        readable: readable && isText,
        lines: isText ? numbered(`/${path}`, matches) : [],
      });
  }
  return { files, unnamable };
});

// No setting of a person's is as long; patterns that look for settings take their time on what is.
const longest = 2000;

const controls = /[\u0000-\u001f\u007f-\u009f]/;

const numbered = (file: string, matches: readonly string[]): readonly ConfigLine[] =>
  matches.flatMap((match) => {
    const [, number, text] = /^(\d+):(.*)$/s.exec(match) ?? [];
    const line = wholeNumber(number);
    return line === undefined || text === undefined ? [] : [{ file, line, text }];
  });

/** `!! START` for each name that holds a line feed. */
const lostNames = (text: string): string[] =>
  text.split("\n").flatMap((line) => (line.startsWith("!! ") ? [oddName(line.slice(3))] : []));

const oddName = (path: string): string => `/${path.slice(0, path.lastIndexOf("/"))}: a name with control characters`;
