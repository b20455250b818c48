import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { place } from "../boot/tree.ts";
import { type Setting, sysctlSettings } from "../config.ts";
import type { FindingCode } from "./catalogue.ts";
import { finding, listPlaces } from "./finding.ts";
import { notNumbers } from "./not-numbers.ts";
import { setTwice } from "./set-twice.ts";
import { slashedKeys } from "./slashed-keys.ts";

/** Settings that do nothing, or not what they seem to do (DOMAIN, the runbook S8 to S14). */
export const mistakes = (facts: Facts, lines: readonly ConfigLine[]): readonly Finding[] => {
  const settings = sysctlSettings(lines);
  const bad = (code: FindingCode, is: (setting: Setting) => boolean): readonly Finding[] => {
    const places = settings.filter(is);
    return places.length === 0 ? [] : [finding(code, listPlaces(places.map((one) => `${place(one)} ${one.key}`)))];
  };
  const legacy = valueOf(facts.conntrack.family) === "nf" ? /\bip_conntrack_/ : undefined;
  const has = (key: string) => [...facts.conntrack.keys.keys()].some((known) => known === key);
  return [
    ...bad("CT401", ({ key }) => key.endsWith("_conntrack_count")),
    ...bad("CT402", ({ key }) => key.endsWith("_conntrack_hashsize")),
    ...bad("CT403", ({ key }) => key.endsWith("_conntrack_buckets") && isReadOnly(facts, key)),
    ...bad("CT404", ({ key }) => legacy?.test(key) === true && !has(key)),
    ...active("CT405", lines, /(^|\/)rc\.local$/, /hashsize/),
    ...active("CT406", lines, /\/ip6?tables-config$/, /^\s*IP6?TABLES_SYSCTL_LOAD_ON_START=/),
    ...notNumbers(lines),
    ...setTwice(lines),
    ...slashedKeys(facts, lines),
  ];
};

const isReadOnly = (facts: Facts, key: string): boolean =>
  facts.conntrack.readOnlyKeys.some((known) => known === key) && valueOf(facts.uid) === 0;

const active = (code: FindingCode, lines: readonly ConfigLine[], file: RegExp, text: RegExp): readonly Finding[] => {
  const found = lines.filter((line) => file.test(line.file) && !/^\s*#/.test(line.text) && text.test(line.text));
  return found.length === 0 ? [] : [finding(code, listPlaces(found.map(place)))];
};
