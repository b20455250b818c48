import { finding } from "../conntrack/findings/finding.ts";
import { belongsToHostBelow } from "../conntrack/findings/limits.ts";
import type { Action } from "../model/action.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import type { Host } from "../model/host.ts";
import type { ActivateTask, Desired, Way } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { waysOf } from "../playbook/activate.ts";
import { type LiveAction, planLive } from "./live.ts";
import { missedByReboot, planReboot } from "./reboot.ts";
import { planReload } from "./reload.ts";
import { differenceText, isStuck, subjectOf } from "./stuck.ts";

export type NamedActivate = ActivateTask & { readonly name: string };

type ActivationRequest = {
  readonly task: NamedActivate | undefined;
  /** The name of the task that wants the values. */
  readonly wantedBy: string;
  readonly desired: Desired;
  readonly allowLower: boolean;
  readonly host: Host;
  readonly facts: Facts;
  /** The host with the files of the plan in place. */
  readonly after: Facts;
};

/** How the wanted values become live; `needs` and `failures` say what keeps them from it. */
export type ActivationPlan = {
  readonly actions: readonly Action[];
  readonly needs: readonly string[];
  readonly failures: readonly Failure[];
  readonly findings: readonly Finding[];
  readonly unproven: readonly string[];
};

/** Live values that differ, and the way in which the play makes them as wanted. */
export const planActivation = (request: ActivationRequest): ActivationPlan => {
  const { task, host, facts } = request;
  const { actions: differing, unproven } = planLive({ ...request, task: task?.name ?? request.wantedBy });
  const nothing: ActivationPlan = { actions: [], needs: [], failures: [], findings: [], unproven };
  if (differing.length === 0) return nothing;
  if (task === undefined || task.with === "none")
    return { ...nothing, findings: [finding("CT201", differing.map(differenceText).join("; "))] };
  const goal: Goal = { ...request, task, differing, stuck: differing.filter((one) => isStuck(one, host, facts)) };
  const tried = waysOf(task).map((way) => tryWay(way, goal));
  const first = tried.find((one) => one.kind === "reached");
  if (first !== undefined) return { ...nothing, actions: first.actions };
  const refused = tried.flatMap((one) => (one.kind === "refused" ? [one] : []));
  // A way that the play names is told why it cannot be gone; auto says what would do.
  const [named] = refused;
  if (named !== undefined && task.with !== "auto") return { ...nothing, failures: named.failures };
  const actions = waysOf(task).includes("live") ? differing.filter((one) => !goal.stuck.includes(one)) : [];
  return { ...nothing, actions, ...whatIsLeft(goal, { actions, refused }) };
};

/** The wanted values against the live ones: those that differ, and of them those that cannot be set live. */
type Goal = ActivationRequest & {
  readonly task: NamedActivate;
  readonly differing: readonly LiveAction[];
  readonly stuck: readonly LiveAction[];
};

type Refused = { readonly kind: "refused"; readonly way: Way; readonly failures: readonly Failure[] };
type Tried = { readonly kind: "reached"; readonly actions: readonly Action[] } | { readonly kind: "short" } | Refused;

/** Does this way reach the goal on this host? */
const tryWay = (way: Way, goal: Goal): Tried => {
  const { differing, stuck } = goal;
  switch (way) {
    case "live":
      return stuck.length === 0 ? { kind: "reached", actions: differing } : { kind: "short" };
    case "reload": {
      const plan = planReload({ ...goal, differing: subjects(differing), stuck: subjects(stuck) });
      return plan.kind === "action"
        ? { kind: "reached", actions: [plan.action] }
        : { kind: "refused", way, failures: plan.failures };
    }
    case "reboot": {
      const plan = planReboot(goal);
      return "code" in plan ? { kind: "refused", way, failures: [plan] } : { kind: "reached", actions: [plan] };
    }
  }
};

const subjects = (actions: readonly LiveAction[]): ReadonlySet<string> => new Set(actions.map(subjectOf));

type Done = { readonly actions: readonly LiveAction[]; readonly refused: readonly Refused[] };

/** The least disruptive way that would do and is not allowed; else what stands in the way, or that nothing here can. */
const whatIsLeft = (goal: Goal, { actions, refused }: Done): Pick<ActivationPlan, "needs" | "findings"> => {
  const allowed = waysOf(goal.task);
  const left = goal.differing.filter((one) => !actions.includes(one));
  const words = left.map(differenceText).join("; ");
  const hindered = refused.map(({ way, failures }) => `a ${way}: ${failures.map(({ detail }) => detail).join("; ")}`);
  const need = (what: string): Pick<ActivationPlan, "needs" | "findings"> => {
    const text = `${what}: ${words}${hindered.length === 0 ? "" : ` (not done now: ${hindered.join("; ")})`}`;
    return { needs: [text], findings: [finding("CT205", text)] };
  };
  // A guest's kernel is not its own: neither reload nor reboot of it would change a value that it may not write.
  if (isGuest(goal.facts)) return { needs: [], findings: [finding("CT601", words)] };
  if (!allowed.includes("reload") && tryWay("reload", goal).kind === "reached") return need("a reload");
  if (missedByReboot(goal).length === 0) return need("a reboot");
  // What no way can cure is information, and no reason for an exit code.
  return valueOf(goal.facts.conntrack.builtin) === true
    ? { needs: [], findings: [finding("CT602", words)] }
    : need("what ctfleet cannot do here");
};

const isGuest = (facts: Facts): boolean =>
  belongsToHostBelow(facts) !== undefined || valueOf(facts.conntrack.firstNamespace) === false;
