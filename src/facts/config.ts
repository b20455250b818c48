import type { ConfigFacts, ConfigLine } from "../model/facts.ts";
import { remember } from "../model/remember.ts";
import { wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";
import { linesByName, parseLooks } from "./sweep.ts";

const folder = /\/(?:sysctl|modprobe|modules-load)\.d$/;
const udevRules = /\/udev\/rules\.d\//;
const controls = /[\u0000-\u001f\u007f-\u009f]/;

/** Lines about conntrack in the configuration of sysctl, modprobe and udev, and the files that could not be searched. */
export const parseConfig = (seen: Seen): ConfigFacts => {
  const searched = parseSearched([seen.part("searches") ?? "", seen.part("found") ?? ""].join(between));
  const closed = closedFolders(seen);
  return closed.length === 0
    ? searched
    : { ...searched, unreadable: [...new Set([...closed, ...searched.unreadable])] };
};

// In no path.
const between = "\0";

/** The names of the files that were searched, and what was found in them. */
const parseSearched = remember((text): ConfigFacts => {
  const names = text.slice(0, text.indexOf(between));
  const matched = text.slice(names.length + 1);
  const looks = parseLooks(names);
  const found = linesByName(matched, new Set(looks.map(({ path }) => path)));
  const files: string[] = [];
  const unreadable = [...unnamable(names)];
  const lines: ConfigLine[] = [];
  for (const { path, readable } of looks) {
    const matches = found.get(path) ?? [];
    const own = matches === "binary" ? [] : numbered(`/${path}`, matches);
    const isOpen = readable && matches !== "binary";
    if (isOpen && udevRules.test(path) && own.length === 0) continue;
    if (controls.test(path)) {
      unreadable.push(oddName(path));
      continue;
    }
    files.push(`/${path}`);
    if (!isOpen) unreadable.push(`/${path}`);
    lines.push(...own);
  }
  return { files, unreadable: [...new Set(unreadable)], lines };
});

const numbered = (file: string, matches: readonly string[]): readonly ConfigLine[] =>
  matches.flatMap((match) => {
    const [, number, text] = /^(\d+):(.*)$/s.exec(match) ?? [];
    const line = wholeNumber(number);
    if (line === undefined || text === undefined) return [];
    // The rules that every system ships for network cards say sysctl too.
    return udevRules.test(file) && !/conntrack/.test(text) ? [] : [{ file, line, text }];
  });

/** Folders that exist and may not be listed: what they hold is unknown. */
const closedFolders = (seen: Seen): readonly string[] =>
  seen.paths.filter((path) => folder.test(path) && seen.sight(path)?.readable === false).map((path) => `/${path}`);

/** `!! START` for each name that holds a line feed: grep was not given it. */
const unnamable = (text: string): readonly string[] =>
  text.split("\n").flatMap((line) => (line.startsWith("!! ") ? [oddName(line.slice(3))] : []));

const oddName = (path: string): string => `/${path.slice(0, path.lastIndexOf("/"))}: a name with control characters`;
