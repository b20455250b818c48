import { append } from "../../model/append.ts";
import type { ConfigLine } from "../../model/facts.ts";
import { rememberFor } from "../../model/remember.ts";
import { kernelNumber } from "../boot/kernel-value.ts";
import { type Setting, sysctlSettings } from "../config.ts";
import { maxNames } from "../keys.ts";

/** Every sysctl setting of one key, in the order in which they are applied: the last one counts. */
export const settingsOf = (lines: readonly ConfigLine[], key: string): readonly Setting[] =>
  settingsByValue(lines).get(valueName(key)) ?? [];

const settingsByValue = rememberFor((lines: readonly ConfigLine[]): ReadonlyMap<string, readonly Setting[]> => {
  const all = new Map<string, Setting[]>();
  for (const setting of sysctlSettings(lines)) append(all, valueName(setting.key), setting);
  return all;
});

/** All names of the table size are one value. */
const valueName = (key: string): string => (maxNames.includes(key) ? "max" : key);

export const isSame = (written: string, key: string): boolean => valueName(written) === valueName(key);

/** The number that the kernel makes of it; undefined where it makes none. */
export const numberOf = ({ value }: Setting): number | undefined => kernelNumber(value);
