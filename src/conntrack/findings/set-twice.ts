import { append } from "../../model/append.ts";
import type { ConfigLine } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { kernelNumber } from "../boot/kernel-value.ts";
import { place } from "../boot/tree.ts";
import { type Setting, sysctlSettings } from "../config.ts";
import { maxNames } from "../keys.ts";
import { finding, listPlaces } from "./finding.ts";
import { moduleOptions } from "./module-options.ts";

/** Names of max are one value, but those of old kernels (CT404). */
const subjectOf = ({ key }: Setting): string =>
  maxNames.includes(key) ? (key.includes("ip_conntrack") ? "old max" : "max") : key;

/** CT408: one file that sets one value twice, and differently. Across files it is how sysctl.d is meant to be used. */
export const setTwice = (lines: readonly ConfigLine[]): readonly Finding[] => {
  const groups = new Map<string, Setting[]>();
  // A value that the kernel refuses never counts: CT407 tells it.
  const settings = sysctlSettings(lines).filter(({ value }) => kernelNumber(value) !== undefined);
  for (const setting of [...settings, ...moduleOptions(lines)])
    if (/conntrack|^hashsize$/.test(setting.key)) append(groups, `${setting.file}\n${subjectOf(setting)}`, setting);
  const found = [...groups.values()].flatMap((all) => {
    const last = all.at(-1);
    if (last === undefined || new Set(all.map(({ value }) => value)).size < 2) return [];
    const others = all.slice(0, -1).map((one) => `${one.line} (${one.value})`);
    return [`${place(last)} ${last.key} = ${last.value} counts, not line ${listPlaces(others)}`];
  });
  return found.length === 0 ? [] : [finding("CT408", listPlaces(found, "; "))];
};
