import { valueOf } from "../../model/reading.ts";
import type { HostNames } from "./host.ts";
import { readsGlobs } from "./os.ts";
import { procpsFiles } from "./sysctl-reader.ts";
import { sysctlSteps } from "./sysctl-steps.ts";
import type { Step } from "./table.ts";
import { fileAt } from "./tree.ts";

/** ufw applies a sysctl file of its own once its rules stand: IPT_SYSCTL of /etc/default/ufw (ufw-init-functions). */
export const ufwSteps = (host: HostNames): readonly Step[] => {
  const { facts } = host;
  const lines = fileAt(facts.config, "/etc/default/ufw")?.lines ?? [];
  const named = lines
    .map(({ text }) => /^\s*IPT_SYSCTL=["']?([^"'#\s]*)/.exec(text)?.[1])
    .findLast((path) => path !== undefined);
  const path = named ?? "/etc/ufw/sysctl.conf";
  const file = fileAt(facts.config, path);
  if (file === undefined) return [];
  const systemd = valueOf(facts.init) === "systemd";
  return sysctlSteps(host, procpsFiles("ufw's sysctl -p", [file], systemd ? readsGlobs(facts) : undefined));
};
