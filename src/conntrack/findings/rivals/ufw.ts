import type { Facts } from "../../../model/facts.ts";
import { valueOf } from "../../../model/reading.ts";
import { place } from "../../boot/tree.ts";
import { configLines, sysctlSettings } from "../../config.ts";
import { finding } from "../finding.ts";
import { numberOf } from "../settings-of.ts";
import type { Outlook } from "../wanted.ts";
import { against, nothing, type RivalValue, type Told } from "./rival.ts";

const own = "/etc/ufw/sysctl.conf";

/** CT304: what ufw applies each time it is started. */
export const ufw = (outlook: Outlook): Told => {
  if (!isUsed(outlook.now) || !isApplied(outlook.after)) return nothing;
  const last = new Map<string, RivalValue>();
  for (const setting of sysctlSettings(configLines(outlook.after).filter(({ file }) => file === own))) {
    const value = numberOf(setting);
    if (value !== undefined && /conntrack/.test(setting.key))
      last.set(setting.key, { name: setting.key, value, from: place(setting) });
  }
  const found = against(outlook, [...last.values()], (file) => file === own);
  if (found.length === 0) return nothing;
  return {
    findings: [finding("CT304", found.map(({ text }) => text).join("; "))],
    names: found.map(({ name }) => name),
  };
};

const isUsed = ({ firewall }: Facts): boolean =>
  (valueOf(firewall.services) ?? []).some(({ name, active, enabled }) => name === "ufw" && (active || enabled));

/** IPT_SYSCTL names the file; where it is empty or another one, this one is not read. */
const isApplied = (facts: Facts): boolean => {
  const named = configLines(facts)
    .filter(({ file }) => file === "/etc/default/ufw")
    .flatMap(({ text }) => /^\s*IPT_SYSCTL=["']?([^"'\s#]*)/.exec(text)?.[1] ?? [])
    .at(-1);
  return named === undefined || named === own;
};
