import { valueOf } from "../../../model/reading.ts";
import { place } from "../../boot/tree.ts";
import { configLines, sysctlSetting } from "../../config.ts";
import { finding } from "../finding.ts";
import { settingsOf } from "../settings-of.ts";
import type { Outlook } from "../wanted.ts";
import { against, nothing, type RivalValue, type Told } from "./rival.ts";

/** CT303: values of the active TuneD profile. Keys that a file in /etc or /run sets are applied again after it. */
export const tuned = (outlook: Outlook): Told => {
  const { rivals } = outlook.now;
  if (rivals.kind === "read" && !valueOf(rivals)?.includes("tuned")) return nothing;
  const lines = configLines(outlook.after);
  const isAppliedAgain = (key: string) =>
    settingsOf(lines, key).some(({ file }) => /^\/(?:etc|run)\/sysctl\.d\/|^\/etc\/sysctl\.conf$/.test(file));
  const values = lines
    .filter(({ file }) => file.endsWith("/tuned.conf"))
    .flatMap((line): readonly RivalValue[] => {
      const setting = sysctlSetting(line);
      const value = /^\d+$/.test(setting?.value ?? "") ? Number(setting?.value) : undefined;
      if (setting === undefined || value === undefined) return [];
      const name = setting.key === "nf_conntrack_hashsize" ? "hashsize" : setting.key;
      if (name !== "hashsize" && (!/conntrack/.test(name) || isAppliedAgain(name))) return [];
      return [{ name, value, from: place(line) }];
    });
  const found = against(outlook, values);
  if (found.length === 0) return nothing;
  return {
    findings: [finding("CT303", found.map(({ text }) => text).join("; "))],
    names: found.map(({ name }) => name),
  };
};
