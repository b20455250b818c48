import { finding } from "../conntrack/findings/finding.ts";
import { conntrackModule } from "../conntrack/unload.ts";
import type { Action } from "../model/action.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { Host } from "../model/host.ts";
import type { Desired } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { waysOf } from "../playbook/activate.ts";
import { type ActivationPlan, type NamedActivate, planActivation } from "./activation.ts";
import type { CompiledTask } from "./compile.ts";
import { type ModulesPlan, planModules } from "./modules.ts";
import { isUnprivileged } from "./privilege.ts";
import { hindrances } from "./reboot.ts";
import { wantedValues } from "./reload.ts";
import type { NamedConntrack } from "./sizing.ts";

type LiveParts = {
  readonly tasks: readonly CompiledTask[];
  readonly sizing: NamedConntrack | undefined;
  readonly desired: Desired;
  readonly host: Host;
  readonly facts: Facts;
  /** The host with the files of the plan in place. */
  readonly after: Facts;
  readonly trial: boolean;
};

/** All that is not a file, in the order in which it is done: live values, modules and services, the end of a trial, a reboot. */
export const planLiveParts = (parts: LiveParts): ActivationPlan => {
  const task = activationOf(parts);
  const modules = modulesOf(parts, task);
  const leaves = modules.actions.some((one) => one.kind === "unload_modules" && one.modules.some(isTracker(parts)));
  const live = leaves ? nothing : valuesOf(parts, task);
  const sets = live.actions.filter(({ kind }) => kind === "set" || kind === "set_hashsize");
  const reboots = live.actions.filter(({ kind }) => kind === "reboot");
  const services = live.actions.filter((one) => !sets.includes(one) && !reboots.includes(one));
  return {
    actions: [
      ...sets,
      ...modules.actions,
      ...services,
      ...(reboots.length > 0 ? [] : trialEnd(parts, task)),
      ...reboots,
    ],
    needs: live.needs,
    failures: [...modules.failures, ...live.failures, ...(sets.length > 0 ? secondTrial(parts) : [])],
    findings: [...live.findings, ...modules.findings, ...rebootOutlook(parts, task, reboots)],
    unproven: [...live.unproven, ...modules.unproven, ...unseenTrial(parts)],
  };
};

const nothing: ActivationPlan = { actions: [], needs: [], failures: [], findings: [], unproven: [] };

const isTracker =
  ({ facts }: LiveParts) =>
  (module: string): boolean =>
    module === conntrackModule(facts);

/** The last one counts. A trial sets live values, however the play makes them so. */
const activationOf = ({ tasks, trial }: LiveParts): NamedActivate | undefined => {
  const last = tasks.flatMap(({ task }) => (task.kind === "activate" ? [task] : [])).at(-1);
  return last === undefined || !trial || last.with === "none" ? last : { ...last, with: "live" };
};

const valuesOf = (parts: LiveParts, task: NamedActivate | undefined): ActivationPlan => {
  const { sizing } = parts;
  if (sizing === undefined) return nothing;
  return planActivation({ ...parts, task, wantedBy: sizing.name, allowLower: sizing.allowLower });
};

const modulesOf = ({ tasks, facts, desired, trial }: LiveParts, task: NamedActivate | undefined): ModulesPlan =>
  planModules({
    tasks: trial ? [] : tasks.flatMap((one) => (one.task.kind === "module" ? [one.task] : [])),
    facts,
    acts: task !== undefined && task.with !== "none",
    then: wantedValues(desired),
  });

/** What a trial has set is now what the play wants for good: its timer would take it away. */
const trialEnd = ({ sizing, facts, trial }: LiveParts, task: NamedActivate | undefined): readonly Action[] => {
  const running = valueOf(facts.trial);
  return running === undefined || trial || sizing === undefined || task === undefined || task.with === "none"
    ? []
    : [{ kind: "end_trial", task: task.name, run: running.run }];
};

/** One trial at a time: the second would take the first one's values for the old ones. */
const secondTrial = ({ facts, trial }: LiveParts): readonly Failure[] => {
  const running = valueOf(facts.trial);
  if (!trial || running === undefined) return [];
  const detail = `a trial of run ${running.run} runs here: persist it, or wait until it ends`;
  return [{ code: "target_refused", detail, sent: false }];
};

/** A trial that cannot be seen may take the values back. Its folder is root's: others cannot see it on any host. */
const unseenTrial = ({ facts, host, sizing }: LiveParts): readonly string[] =>
  facts.trial.kind === "unreadable" && sizing !== undefined && !isUnprivileged(host, facts)
    ? [`whether a trial runs: ${facts.trial.because}`]
    : [];

/** A play that may reboot says beforehand what would stand against it, though nothing is to be done now. */
const rebootOutlook = (
  { host, facts, trial }: LiveParts,
  task: NamedActivate | undefined,
  reboots: readonly Action[],
): readonly Finding[] => {
  if (task === undefined || trial || reboots.length > 0 || !waysOf(task).includes("reboot")) return [];
  const against = hindrances(host, facts);
  return against.length === 0 ? [] : [finding("CT608", against.join("; "))];
};
