import type { ConfigLine } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { kernelNumber } from "../boot/kernel-value.ts";
import { place } from "../boot/tree.ts";
import { type Setting, sysctlSettings } from "../config.ts";
import { finding, listPlaces } from "./finding.ts";
import { moduleOptions } from "./module-options.ts";

const conntrackKey = /\b(?:nf|ip)_conntrack_\w+$/;
// These are told as keys that do nothing whatever their value is.
const never = /_conntrack_(?:count|hashsize)$/;

/** CT407: values that the kernel refuses, or reads as octal. The old value stays then. */
export const notNumbers = (lines: readonly ConfigLine[]): readonly Finding[] => {
  const keys = sysctlSettings(lines).filter(({ key }) => conntrackKey.test(key) && !never.test(key));
  const found = [...keys, ...moduleOptions(lines)].flatMap((setting) => odd(setting));
  return found.length === 0 ? [] : [finding("CT407", listPlaces(found))];
};

const odd = (setting: Setting): readonly string[] => {
  const told = `${place(setting)} ${setting.key} = ${setting.value}`;
  const number = kernelNumber(setting.value);
  if (number === undefined) return [`${told} (refused)`];
  return /^\s*-?0\d/.test(setting.value) ? [`${told} (octal: ${number})`] : [];
};
