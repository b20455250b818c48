import type { ConfigLine, Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { place } from "../boot/tree.ts";
import { isSysctlFile, sysctlSetting } from "../config.ts";
import { finding, listPlaces } from "./finding.ts";
import { reloadList } from "./reload-list.ts";

/** CT409: conntrack keys that the texts of IPTABLES_SYSCTL_LOAD_LIST would name, were they written with dots. */
export const slashedKeys = (facts: Facts, lines: readonly ConfigLine[]): readonly Finding[] => {
  if (valueOf(facts.firewall.service) !== "iptables-services") return [];
  const list = reloadList(facts);
  const found = lines.filter((line) => {
    const key = isSysctlFile(line.file) ? sysctlSetting(line)?.key : undefined;
    if (key === undefined || !/conntrack/.test(key)) return false;
    return list.some((word) => key.includes(word)) && !list.some((word) => line.text.includes(word));
  });
  return found.length === 0
    ? []
    : [finding("CT409", listPlaces(found.map((line) => `${place(line)} ${line.text.trim()}`)))];
};
