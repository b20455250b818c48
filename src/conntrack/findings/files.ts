import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { loadedAtBoot, type Setting, sysctlSettings, writtenMax } from "../config.ts";
import { familyOf, maxKey } from "../keys.ts";
import type { FindingCode } from "./catalogue.ts";
import { finding } from "./finding.ts";

const where = ({ file, line }: { readonly file: string; readonly line: number }) => `${file}:${line}`;

/** Settings that do nothing, or not what they seem to do (DOMAIN, the runbook S8 to S14). */
export const mistakes = (facts: Facts, lines: readonly ConfigLine[]): readonly Finding[] => {
  const settings = sysctlSettings(lines);
  const bad = (code: FindingCode, is: (setting: Setting) => boolean): readonly Finding[] => {
    const places = settings.filter(is);
    return places.length === 0 ? [] : [finding(code, places.map((one) => `${where(one)} ${one.key}`).join(", "))];
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
  ];
};

const isReadOnly = (facts: Facts, key: string): boolean =>
  facts.conntrack.readOnlyKeys.some((known) => known === key) && valueOf(facts.uid) === 0;

const active = (code: FindingCode, lines: readonly ConfigLine[], file: RegExp, text: RegExp): readonly Finding[] => {
  const found = lines.filter((line) => file.test(line.file) && !/^\s*#/.test(line.text) && text.test(line.text));
  return found.length === 0 ? [] : [finding(code, found.map(where).join(", "))];
};

/** Values that stand in files and are lost at the next boot or firewall restart. */
export const lost = (facts: Facts, lines: readonly ConfigLine[]): readonly Finding[] => {
  const max = writtenMax(lines);
  if (max === undefined) return [];
  const found: Finding[] = [];
  // OpenRC starts sysctl after clock, and modules before it; systemd-sysctl comes after systemd-modules-load.
  const ordered = ["systemd", "openrc"].includes(valueOf(facts.init) ?? "");
  if (ordered && valueOf(facts.conntrack.loadable) === true && !loadedAtBoot(lines))
    found.push(finding("CT202", `max ${max} in sysctl files, and nothing loads the module at boot`));
  if (valueOf(facts.firewall.service) === "iptables-services" && !reloaded(maxKey(familyOf(facts)), lines))
    found.push(finding("CT203", "iptables-services is in use, and its load list does not name conntrack"));
  return found;
};

/** The list holds texts that are looked for in sysctl files: one of them must be part of the key as it is written. */
const reloaded = (key: string, lines: readonly ConfigLine[]): boolean =>
  lines.some((line) => {
    const list = /\/iptables-config$/.test(line.file) && /^\s*IPTABLES_SYSCTL_LOAD_LIST=["']?([^"'#]*)/.exec(line.text);
    return list !== false && list?.[1]?.split(/\s+/).some((word) => word !== "" && key.includes(word)) === true;
  });
