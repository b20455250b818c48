import { finding } from "../conntrack/findings/finding.ts";
import { predictBoot } from "../conntrack/predict.ts";
import type { Facts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import { read } from "../model/reading.ts";
import type { CompiledTask } from "./compile.ts";

/** Does the play want a host without connection tracking? */
export const isToGo = (tasks: readonly CompiledTask[]): boolean =>
  tasks.some(
    ({ task }) => task.kind === "module" && task.state === "absent" && /^(nf|ip)_conntrack$/.test(task.module),
  );

/** What is unloaded now and loaded again at the next boot, with the play's files in place, has not gone. */
export const comesBack = (after: Facts): readonly Finding[] => {
  const { loaded } = predictBoot(withoutIt(after));
  if (loaded.when === "never" || loaded.when === "built_in") return [];
  const may = loaded.when === "unknown" ? "may be" : "is";
  return [finding("CT207", `nf_conntrack ${may} loaded again at the next boot: ${loaded.because}`)];
};

/** The host once it is unloaded: that something has loaded it before tells nothing of the next boot. */
const withoutIt = (facts: Facts): Facts => {
  const { conntrack } = facts;
  if (conntrack.loadable.kind !== "read" || !conntrack.loadable.value) return facts;
  return { ...facts, conntrack: { ...conntrack, state: read("unloaded"), loaded: read(false) } };
};
