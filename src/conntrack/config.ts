import { isNonEmpty } from "../model/brand.ts";
import type { ConfigLine, Facts } from "../model/facts.ts";
import { valueOf } from "../model/reading.ts";
import { maxNames } from "./keys.ts";

/** A setting as a file has it: key with dots, value as text. */
export type Setting = { readonly file: string; readonly line: number; readonly key: string; readonly value: string };

/** The host's files as they are (`facts`), or as they will be: `edits` gives new texts, `undefined` for a removed file. */
export type Edits = ReadonlyMap<string, string | undefined>;

/** Lines about conntrack in every file that a boot or a service reads, after some edits. */
export const configLines = (facts: Facts, edits: Edits = new Map()): readonly ConfigLine[] => {
  const { lines } = facts.config;
  if (edits.size === 0) return lines;
  const linked = edits.has("/etc/sysctl.conf");
  return [
    ...lines.filter((line) => !edits.has(line.file) && !(linked && isItsLink(line, facts))),
    ...[...edits].flatMap(([file, text]) =>
      (text ?? "").split("\n").map((line, index) => ({ file, line: index + 1, text: line })),
    ),
  ];
};

/** Some distributions link /etc/sysctl.conf as 99-sysctl.conf: the same line at the same place. */
const isItsLink = (line: ConfigLine, { config }: Facts): boolean =>
  line.file === "/etc/sysctl.d/99-sysctl.conf" &&
  config.lines.some((one) => one.file === "/etc/sysctl.conf" && one.line === line.line && one.text === line.text);

export const isSysctlFile = (file: string): boolean =>
  file === "/etc/sysctl.conf" || file === "/etc/ufw/sysctl.conf" || /\/sysctl\.d\/[^/]+\.conf$/.test(file);
const isModprobeFile = (file: string): boolean =>
  /\/modprobe\.d\/[^/]+\.conf$/.test(file) || file === "/etc/modprobe.conf";
const isModulesFile = (file: string): boolean =>
  /\/modules-load\.d\/[^/]+\.conf$/.test(file) || file === "/etc/modules" || /^\/etc\/sysconfig\/modules\//.test(file);

const folders = ["/etc/", "/run/", "/usr/local/lib/", "/usr/lib/", "/lib/"];
const folderRank = (file: string): number => folders.findIndex((folder) => file.startsWith(folder));
const baseName = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/**
 * Files in the order in which they are applied: by base name across the folders; of two with one name only the one of
 * the first folder counts; /etc/sysctl.conf comes last, and ufw's own after it (DOMAIN, sysctl order).
 */
const inOrder = (files: readonly string[]): readonly string[] => {
  const winners = new Map<string, string>();
  for (const file of files) {
    // Only files of the folders ending in .d stand in each other's place.
    const name = /\.d\/[^/]+$/.test(file) ? baseName(file) : file;
    const rival = winners.get(name);
    if (rival === undefined || folderRank(file) < folderRank(rival)) winners.set(name, file);
  }
  const last = ["/etc/sysctl.conf", "/etc/ufw/sysctl.conf"];
  const rank = (file: string) => (last.includes(file) ? `\uffff${last.indexOf(file)}` : baseName(file));
  return [...winners.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
};

const ordered = (lines: readonly ConfigLine[], isOne: (file: string) => boolean): readonly ConfigLine[] => {
  const files = inOrder([...new Set(lines.map((line) => line.file))].filter(isOne));
  return files.flatMap((file) => lines.filter((line) => line.file === file));
};

/** One line of a sysctl file: `key = value`, with dots or slashes, with or without the leading `-`. */
export const sysctlSetting = (line: ConfigLine): Setting | undefined => {
  const found = /^\s*-?\s*([\w*?[\]./-]+?)\s*=\s*(.*?)\s*$/.exec(line.text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { file: line.file, line: line.line, key: found[1].replaceAll("/", "."), value: found[2] };
};

// Several questions are asked of the same lines.
const settingsOf = new WeakMap<readonly ConfigLine[], readonly Setting[]>();

/** Every sysctl setting, in the order in which they are applied: the last one of a key wins. */
export const sysctlSettings = (lines: readonly ConfigLine[]): readonly Setting[] => {
  const known = settingsOf.get(lines);
  if (known !== undefined) return known;
  const settings = ordered(lines, isSysctlFile).flatMap((line) => sysctlSetting(line) ?? []);
  settingsOf.set(lines, settings);
  return settings;
};

/** The table size that the sysctl files end with; undefined where none sets it to a number. */
export const writtenMax = (lines: readonly ConfigLine[]): number | undefined => {
  const all = sysctlSettings(lines).filter((setting) => maxNames.includes(setting.key) && /^\d+$/.test(setting.value));
  return isNonEmpty(all) ? Number(all.at(-1)?.value) : undefined;
};

/** The hash size that modprobe hands to the module: options add up, and the last one counts. */
export const writtenHashsize = (lines: readonly ConfigLine[]): number | undefined =>
  ordered(lines, isModprobeFile)
    .flatMap((line) => {
      const found = /^\s*options\s+(?:nf|ip)_conntrack(?:_ipv4)?\s(?:.*\s)?hashsize=(\d+)/.exec(line.text);
      return found?.[1] === undefined ? [] : [Number(found[1])];
    })
    .at(-1);

/** Is the module loaded at boot by name, before (systemd) or around (EL6) the time at which sysctl files are applied? */
export const loadedAtBoot = (lines: readonly ConfigLine[]): boolean =>
  lines.some(
    (line) => isModulesFile(line.file) && /^(?!\s*[#;]).*\b(nf_conntrack|ip_conntrack)(_ipv4)?\b/.test(line.text),
  );

/** What the table size will be when the module is next loaded at boot, as far as the files tell. */
export type NextBoot = { readonly max: number; readonly because: string };

/**
 * Loading the module with hashsize=N sets max to 8 x N, unless a sysctl sets it after (DOMAIN, Sizes). Undefined where
 * no file gives a hash size, and where conntrack is built in: there modprobe.d has no say.
 */
export const nextBootMax = (facts: Facts, lines: readonly ConfigLine[]): NextBoot | undefined => {
  const hashsize = writtenHashsize(lines);
  if (hashsize === undefined || valueOf(facts.conntrack.builtin) === true) return undefined;
  const max = writtenMax(lines);
  if (max !== undefined && loadedAtBoot(lines))
    return { max, because: "sysctl files are applied after the module is loaded" };
  return {
    max: 8 * hashsize,
    because: `hashsize=${hashsize} makes max 8 x ${hashsize} when the module is loaded, and nothing sets it after`,
  };
};
