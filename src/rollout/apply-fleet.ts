import pLimit from "p-limit";
import type { Action } from "../model/action.ts";
import { type HostName, isNonEmpty, type NonEmpty, type RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import type { HostPlan } from "../model/plan.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { applyHost } from "./apply-host.ts";
import { batches, budgetHolds } from "./batches.ts";
import { failedOutcome, reportSurvey, type Survey, type Target, type Walk } from "./survey.ts";

/** What is known of a host while the plays walk over it. */
type State = {
  readonly target: Target;
  readonly survey: Survey;
  /** What earlier plays of this run changed here. */
  readonly changed: readonly Action[];
  /** Set once: the host has ended, and no later play touches it. */
  readonly ended: Outcome | undefined;
};

export type ApplyOptions = { readonly run: RunId; readonly walk: Walk };

/**
 * Walks the plays in order, each in batches. A batch that goes over its budget stops everything after it; within it,
 * hosts that have not been started are left alone. Every target is in the result once.
 */
export const applyFleet = async (
  plays: readonly CompiledPlay[],
  targets: readonly Target[],
  surveys: ReadonlyMap<HostName, Survey>,
  options: ApplyOptions,
): Promise<readonly HostReport[]> => {
  const states = new Map(targets.map((target) => [target.host.name, startOf(target, surveys)] as const));
  let stopped: string | undefined;
  for (const play of plays) {
    const hosts = targets.filter((target) => target.plays.includes(play)).map((target) => target.host.name);
    const cut = batches(hosts, play.play.serial);
    for (const [index, batch] of cut.entries()) {
      if (stopped === undefined) {
        const { onProgress } = options.walk;
        onProgress({ kind: "batch", play: play.play.name, number: index + 1, of: cut.length, hosts: batch.length });
        stopped = await applyBatch(play, batch, states, options);
        if (stopped !== undefined) onProgress({ kind: "stopped", because: stopped });
      } else for (const name of batch) states.set(name, leaveOut(play, stateOf(states, name), stopped));
    }
  }
  return [...states.values()].map(reportState);
};

const startOf = (target: Target, surveys: ReadonlyMap<HostName, Survey>): State => {
  const survey = surveys.get(target.host.name);
  const ended = reportSurvey(target.host.name, survey).outcome;
  const goesOn = survey?.kind === "planned";
  return {
    target,
    survey: survey ?? { kind: "planned", plans: [] },
    changed: [],
    ended: goesOn ? undefined : ended,
  };
};

const stateOf = (states: ReadonlyMap<HostName, State>, name: HostName): State => {
  const state = states.get(name);
  if (state === undefined) throw new Error(`${name} is in a batch and not among the targets`);
  return state;
};

/** Runs one batch; the reason to stop, where there is one. */
const applyBatch = async (
  play: CompiledPlay,
  batch: readonly HostName[],
  states: Map<HostName, State>,
  options: ApplyOptions,
): Promise<string | undefined> => {
  const limit = pLimit(options.walk.forks);
  const overBudget = (failed: number) =>
    budgetHolds({ hosts: batch.length, failed }, play.play.maxFailPercentage)
      ? undefined
      : `${failed} of ${batch.length} hosts in the batch failed; max_fail_percentage is ${play.play.maxFailPercentage}`;
  let failedNow = 0;
  await Promise.all(
    batch.map((name) =>
      limit(async () => {
        const before = stateOf(states, name);
        const stop = options.walk.stop.aborted ? "the run was stopped before" : overBudget(failedNow);
        if (stop !== undefined) return states.set(name, leaveOut(play, before, stop));
        const after = await applyPlay(play, before, options);
        states.set(name, after);
        if (before.ended === undefined && isFailure(after.ended)) failedNow += 1;
        if (after !== before) options.walk.onProgress({ kind: "applied", report: reportState(after) });
        return undefined;
      }),
    ),
  );
  if (options.walk.stop.aborted) return "the run was stopped";
  return overBudget(batch.filter((name) => isFailure(stateOf(states, name).ended)).length);
};

const isFailure = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && ["failed", "unreachable", "reverted", "unknown"].includes(outcome.kind);

/** One play on one host, unless the host has ended before. */
const applyPlay = async (play: CompiledPlay, state: State, options: ApplyOptions): Promise<State> => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const plan = planOf(state.survey, play);
  if (plan.kind === "skipped") return state;
  if (plan.kind === "refused") return { ...state, ended: failedOutcome(plan.failures[0], []) };
  if (!isNonEmpty(plan.actions)) return endIf(state, unmet(plan));
  return applyActions(play, plan.actions, state, options);
};

const applyActions = async (
  play: CompiledPlay,
  actions: NonEmpty<Action>,
  state: State,
  options: ApplyOptions,
): Promise<State> => {
  const sent = await applyHost(state.target, actions, options);
  if (sent.kind === "untouched")
    return {
      ...state,
      ended: sent.failure.code === "stale" ? notAttempted(sent.failure, actions) : failedOutcome(sent.failure, actions),
    };
  const { after } = sent;
  const changed = [...state.changed, ...actions];
  if (after.kind === "failed") {
    const failure = sent.kind === "failed" ? sent.failure : after.failure;
    return { ...state, changed, ended: { kind: "unknown", failure: { ...failure, sent: true }, actions } };
  }
  const plan = planOf(after, play);
  const missing =
    sent.kind === "failed" && isAtGoal(plan) ? undefined : sent.kind === "failed" ? sent.failure : undefined;
  return endIf({ ...state, survey: after, changed }, missing ?? unmet(plan));
};

const isAtGoal = (plan: HostPlan): boolean =>
  plan.kind === "planned" && plan.actions.length === 0 && unmet(plan) === undefined;

/** Why a plan without actions, or one made after a change, is not the goal yet. */
const unmet = (plan: HostPlan): Failure | undefined => {
  if (plan.kind === "refused") return plan.failures[0];
  if (plan.kind === "skipped") return undefined;
  if (plan.actions.length > 0)
    return { code: "not_converged", detail: `${plan.actions.length} changes are still pending`, sent: true };
  if (plan.unproven.length > 0) return { code: "facts_unreadable", detail: plan.unproven.join("; "), sent: false };
  const unheld = plan.findings.filter((found) => found.code === "CT701").map((found) => found.evidence);
  return unheld.length > 0 ? { code: "verify_false", detail: unheld.join("; "), sent: false } : undefined;
};

const endIf = (state: State, failure: Failure | undefined): State =>
  failure === undefined ? state : { ...state, ended: failedOutcome(failure, state.changed) };

const planOf = (survey: Extract<Survey, { kind: "planned" }>, play: CompiledPlay): HostPlan => {
  const found = survey.plans.find((one) => one.play === play);
  if (found === undefined) throw new Error(`no plan for play ${play.play.name}`);
  return found.plan;
};

const notAttempted = (failure: Failure, actions: readonly Action[]): Outcome => ({
  kind: "not_attempted",
  because: `stale: ${failure.detail} changed after the plan was made; nothing was changed`,
  actions,
});

/** A host that a stop came before: only one that had something to do is `not_attempted`. */
const leaveOut = (play: CompiledPlay, state: State, because: string): State => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const plan = planOf(state.survey, play);
  if (plan.kind !== "planned" || plan.actions.length === 0) return state;
  return { ...state, ended: { kind: "not_attempted", because, actions: plan.actions } };
};

const reportState = ({ target, survey, changed, ended }: State): HostReport => {
  const { outcome, findings } = reportSurvey(target.host.name, survey);
  if (ended !== undefined) return { name: target.host.name, outcome: ended, findings };
  return {
    name: target.host.name,
    outcome: isNonEmpty(changed) ? { kind: "changed", actions: changed } : outcome,
    findings,
  };
};
