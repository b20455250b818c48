import type { ConfigFacts, ConfigLine, Facts } from "../model/facts.ts";
import { rememberFor } from "../model/remember.ts";
import { type Edits, withEdits } from "./boot/edits.ts";
import { kernelNumber } from "./boot/kernel-value.ts";
import { lastOption, parseModprobe } from "./boot/modprobe.ts";
import { parseAssignment } from "./boot/sysctl-line.ts";
import { type ConfFile, dropIns, fileAt } from "./boot/tree.ts";
import { maxNames } from "./keys.ts";

/** A setting as a file has it: key with dots, value as text. */
export type Setting = { readonly file: string; readonly line: number; readonly key: string; readonly value: string };

/** Lines about conntrack in every file that a boot or a service reads, after some edits. */
export const configLines = (facts: Facts, edits: Edits = new Map()): readonly ConfigLine[] =>
  withEdits(facts, edits).config.lines;

export const isSysctlFile = (file: string): boolean =>
  file === "/etc/sysctl.conf" || file === "/etc/ufw/sysctl.conf" || /\/sysctl\.d\/[^/]+\.conf$/.test(file);

/** One line of a sysctl file: `key = value`, with dots or slashes, with or without the leading `-`. */
export const sysctlSetting = (line: ConfigLine): Setting | undefined => {
  const found = parseAssignment(line);
  if (found?.value === undefined) return undefined;
  return { file: line.file, line: line.line, key: found.path.replaceAll("/", "."), value: found.value };
};

const treeOf = rememberFor((lines: readonly ConfigLine[]): ConfigFacts => ({ files: [], unreadable: [], lines }));

/** All that may apply sysctl files here: by base name, /etc/sysctl.conf after them, and ufw's own last. */
const sysctlFiles = (config: ConfigFacts): readonly ConfFile[] => [
  ...dropIns(config, "sysctl.d"),
  ...["/etc/sysctl.conf", "/etc/ufw/sysctl.conf"].flatMap((path) => fileAt(config, path) ?? []),
];

/**
 * Every sysctl setting that stands in a file, in the order of the readers that there are: what is wrong with lines is told
 * from it. What a boot makes of them is `predictBoot`'s to say.
 */
export const sysctlSettings = rememberFor((lines: readonly ConfigLine[]): readonly Setting[] =>
  sysctlFiles(treeOf(lines)).flatMap((file) => file.lines.flatMap((line) => sysctlSetting(line) ?? [])),
);

/** The table size that the sysctl files end with; undefined where none sets it to a number. */
export const writtenMax = (lines: readonly ConfigLine[]): number | undefined =>
  sysctlSettings(lines)
    .filter(({ key }) => maxNames.includes(key))
    .map(({ value }) => kernelNumber(value))
    .findLast((value) => value !== undefined);

/** The hash size that modprobe hands to the module by whichever name: options add up, and the last one counts. */
export const writtenHashsize = (lines: readonly ConfigLine[]): number | undefined => writtenHashsizes(lines).at(-1);

const writtenHashsizes = rememberFor((lines: readonly ConfigLine[]): readonly number[] => {
  const config = treeOf(lines);
  const older = fileAt(config, "/etc/modprobe.conf");
  return [...(older === undefined ? [] : [older]), ...dropIns(config, "modprobe.d")]
    .flatMap(parseModprobe)
    .filter(({ command, module }) => command === "options" && /^(?:nf|ip)_conntrack(?:_ipv4)?$/.test(module))
    .flatMap(({ text }) => lastOption(text, "hashsize"))
    .flatMap((text) => kernelNumber(text) ?? []);
});
