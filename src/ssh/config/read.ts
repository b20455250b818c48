import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Checked, Position, Problem } from "../../model/problem.ts";
import { readText } from "../../source/read-text.ts";
import type { Block, ConfigFile, SshConfig, Step } from "./config.ts";
import { expandGlob } from "./expand-glob.ts";
import { isTrusted } from "./owner.ts";
import { userMatcher } from "./pattern.ts";
import { type Parsed, parseStatement, type Setting } from "./statement.ts";

export type ConfigPlaces = {
  /** `~/.ssh/config` of the account; Include looks beside it. */
  readonly userFile: string;
  /** `/etc/ssh/ssh_config` */
  readonly systemFile: string;
  /** `-F FILE`: the only file then; `none`: no file at all. */
  readonly given: string | undefined;
};

/** As OpenSSH: the file itself and 16 more, each included by the one before. */
const deepest = 16;
/** A configuration that includes itself several times over would not end for a long time. */
const mostFiles = 1000;

/** Reads the SSH configuration with all that it includes. Problems: whatever `ssh` refuses, each with its line. */
export const readSshConfig = async (places: ConfigPlaces): Promise<Checked<SshConfig>> => {
  const reading = newReading(places);
  const files = places.given === undefined ? await readUsual(reading) : await readGiven(reading, places.given);
  const [first, ...more] = reading.problems;
  if (first !== undefined) return { kind: "problems", problems: [first, ...more] };
  return { kind: "ok", value: { files, given: places.given, hasFinal: reading.hasFinal } };
};

/** What is known so far; one reading builds it, and nobody else sees it. */
type Reading = {
  readonly places: ConfigPlaces;
  readonly problems: Problem[];
  /** Does an IgnoreUnknown speak of this keyword? The first that counts for every host is the last one asked. */
  readonly tolerated: ((keyword: string) => boolean)[];
  toleratedForAll: boolean;
  hasFinal: boolean;
  files: number;
};

const newReading = (places: ConfigPlaces): Reading => ({
  places,
  problems: [],
  tolerated: [],
  toleratedForAll: false,
  hasFinal: false,
  files: 0,
});

const readUsual = async (reading: Reading): Promise<ConfigFile[]> => {
  const { userFile, systemFile } = reading.places;
  const user = await readFile(reading, { file: userFile, system: false, depth: 0, checked: true, forAll: true });
  const system = await readFile(reading, { file: systemFile, system: true, depth: 0, checked: false, forAll: true });
  return [...user, ...system];
};

const readGiven = async (reading: Reading, given: string): Promise<ConfigFile[]> => {
  if (given.toLowerCase() === "none") return [];
  const text = await readText(given);
  if (text.kind === "problems") reading.problems.push(...text.problems);
  if (text.kind === "problems") return [];
  return [await readBlocks(reading, text.value.text, { file: given, system: false, depth: 0, forAll: true })];
};

type Source = {
  readonly file: string;
  readonly system: boolean;
  readonly depth: number;
  /** It counts for every host: no Host or Match stands before it. */
  readonly forAll: boolean;
};

/** The file, or none where it does not exist. */
const readFile = async (reading: Reading, source: Source & { readonly checked: boolean }): Promise<ConfigFile[]> => {
  const about = await stat(source.file).catch(() => undefined);
  // OpenSSH reads nothing from a folder, which `Include *` may name
  if (about === undefined || about.isDirectory()) return [];
  if (source.checked && !(await isTrusted(about))) {
    const message =
      "bad owner or permissions: it must belong to you or root, and nobody else may write it (chmod go-w)";
    refuse(reading, { file: source.file, line: 0, column: 0 }, message);
    return [];
  }
  const text = await readText(source.file);
  if (text.kind === "ok") return [await readBlocks(reading, text.value.text, source)];
  reading.problems.push(...text.problems);
  return [];
};

const refuse = (reading: Reading, at: Position, message: string): void => {
  reading.problems.push({ at, path: "", message });
};

type OpenBlock = { readonly when: Block["when"]; readonly steps: Step[] };

const readBlocks = async (reading: Reading, text: string, source: Source): Promise<ConfigFile> => {
  let open: OpenBlock = { when: { kind: "always" }, steps: [] };
  const blocks = [open];
  for (const [index, line] of text.split("\n").entries()) {
    const parsed = parseStatement(line, { file: source.file, line: index + 1, system: source.system });
    const when = conditionOf(reading, parsed);
    if (when !== undefined) blocks.push((open = { when, steps: [] }));
    const forAll = source.forAll && open.when.kind === "always";
    const step = await stepOf(reading, parsed, { ...source, forAll });
    if (step !== undefined) open.steps.push(step);
  }
  return { blocks };
};

const conditionOf = (reading: Reading, { at, statement }: Parsed): Block["when"] | undefined => {
  if (statement.kind === "host") return statement;
  if (statement.kind !== "match") return undefined;
  reading.hasFinal ||= statement.criteria.some(({ kind }) => kind === "final");
  return { ...statement, at };
};

const stepOf = async (reading: Reading, { at, statement }: Parsed, source: Source): Promise<Step | undefined> => {
  switch (statement.kind) {
    case "set":
      noteIgnoreUnknown(reading, statement.setting, source.forAll);
      return { kind: "set", setting: statement.setting };
    case "include":
      return { kind: "include", files: await readIncluded(reading, at, statement.patterns, source) };
    case "unknown":
      if (!reading.tolerated.some((matches) => matches(statement.keyword))) refuse(reading, at, statement.message);
      return undefined;
    case "fault":
      refuse(reading, at, statement.message);
      return undefined;
    case "host":
    case "match":
    case "nothing":
      return undefined;
  }
};

/** Which hosts an IgnoreUnknown counts for is not known yet: one that counts for some is enough. */
const noteIgnoreUnknown = (reading: Reading, { keyword, words }: Setting, forAll: boolean): void => {
  const [list] = words;
  if (keyword.name !== "ignoreunknown" || list === undefined || reading.toleratedForAll) return;
  reading.tolerated.push(userMatcher(list.toLowerCase()));
  reading.toleratedForAll = forAll;
};

const readIncluded = async (
  reading: Reading,
  at: Position,
  patterns: readonly string[],
  source: Source,
): Promise<readonly ConfigFile[]> => {
  const files: ConfigFile[] = [];
  for (const pattern of patterns) {
    const path = anchored(reading.places, pattern, source.system);
    if (path === undefined)
      refuse(reading, at, `Include ${pattern}: only ~/ of your own may be named, in your own files`);
    for (const file of path === undefined ? [] : await expandGlob(path)) {
      reading.files += 1;
      if (source.depth >= deepest || reading.files > mostFiles) {
        // said once: what includes itself would say it again and again
        if (reading.files !== Number.POSITIVE_INFINITY) refuse(reading, at, tooDeep);
        reading.files = Number.POSITIVE_INFINITY;
        return files;
      }
      files.push(...(await readFile(reading, { ...source, file, depth: source.depth + 1, checked: true })));
    }
  }
  return files;
};

const tooDeep = `Include goes deeper than ${deepest} files or takes more than ${mostFiles}; does a file include itself?`;

/** A path of Include with its folder; undefined where `~` may not stand. */
const anchored = ({ userFile, systemFile }: ConfigPlaces, path: string, system: boolean): string | undefined => {
  if (path.startsWith("/")) return path;
  const folder = dirname(system ? systemFile : userFile);
  if (!path.startsWith("~")) return join(folder, path);
  return !system && /^~(?:\/|$)/.test(path) ? join(dirname(folder), path.slice(1)) : undefined;
};
