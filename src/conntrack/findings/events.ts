import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { defaultGuard } from "../guard.ts";
import { predictBoot } from "../predict.ts";
import { bootFindings } from "./boot.ts";
import { bootGuard } from "./boot-guard.ts";
import { belongsToHostBelow } from "./limits.ts";
import { restartFindings } from "./restart.ts";
import { cloudInit } from "./rivals/cloud-init.ts";
import { kubeProxy } from "./rivals/kube-proxy.ts";
import { tuned } from "./rivals/tuned.ts";
import { ufw } from "./rivals/ufw.ts";
import { sysctlConf } from "./sysctl-conf.ts";
import type { Outlook } from "./wanted.ts";

/**
 * What is right now, or will be once the plan is done, and will not stay so: CT202 to CT204, CT207, CT208, CT301 to CT308,
 * CT503. Each cause is told once, by the most exact code. None where the values belong to the host below, and while a trial
 * runs none on live values: they go back by themselves.
 */
export const afterEvents = (outlook: Outlook): readonly Finding[] => {
  const { now, after, guard = defaultGuard } = outlook;
  if (belongsToHostBelow(now) !== undefined || valueOf(now.conntrack.state) === "none") return [];
  if (valueOf(now.trial) !== undefined) return [];
  const rivals = [kubeProxy, tuned, ufw, cloudInit].map((rival) => rival(outlook));
  const told = new Set(rivals.flatMap(({ names }) => names));
  const boot = predictBoot(after);
  const own = sysctlConf(outlook, boot, told);
  const known = new Set([...told, ...own.names]);
  return [
    ...bootFindings(outlook, boot, known),
    ...restartFindings(outlook, boot, told),
    ...rivals.flatMap(({ findings }) => findings),
    ...own.findings,
    ...bootGuard(outlook, boot, guard),
  ];
};
