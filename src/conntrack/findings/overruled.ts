import type { ConfigLine } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import type { Desired } from "../../model/play.ts";
import { type Setting, sysctlSettings } from "../config.ts";
import { maxNames } from "../keys.ts";
import { finding } from "./finding.ts";

/**
 * Keys that the play's own files set and that a later file, which is not the play's, sets to something else: right now,
 * and wrong after the next boot. `lines` are the host's as they will be, `managed` the files of the play.
 */
export const overruled = (
  desired: Desired,
  lines: readonly ConfigLine[],
  managed: readonly string[],
): readonly Finding[] => {
  const settings = sysctlSettings(lines);
  const found = [...desired.keys].flatMap(([key, wanted]) => {
    const all = settings.filter((setting) => isSame(setting.key, key));
    const last = all.at(-1);
    if (last === undefined || managed.includes(last.file) || last.value === String(wanted)) return [];
    return all.some((setting) => managed.includes(setting.file)) ? [place(last)] : [];
  });
  return found.length === 0 ? [] : [finding("CT301", found.join(", "))];
};

/** All names of the table size are one value. */
const isSame = (written: string, key: string): boolean =>
  written === key || (maxNames.includes(written) && maxNames.includes(key));

const place = ({ file, line, key, value }: Setting): string => `${file}:${line} ${key} = ${value}`;
