import type { Action } from "../model/action.ts";
import { isNonEmpty, type NonEmpty, type RunId } from "../model/brand.ts";
import { type Failure, isUnreachable } from "../model/failure.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import type { HostPlan } from "../model/plan.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { applyHost, type Sent } from "./apply-host.ts";
import { failedOutcome, reportSurvey, type Survey, type Target, type Walk } from "./survey.ts";

/** What is known of a host while the plays walk over it. */
export type HostState = {
  readonly target: Target;
  readonly survey: Survey;
  /** What this run sent to the host so far. */
  readonly changed: readonly Action[];
  /** Set once: the host has ended, and no later play touches it. */
  readonly ended: Outcome | undefined;
};

/** A host before the first play: one that could not be gathered has ended already. */
export const startState = (target: Target, survey: Survey | undefined): HostState => ({
  target,
  survey: survey ?? { kind: "planned", plans: [] },
  changed: [],
  ended: survey?.kind === "planned" ? undefined : reportSurvey(target.host.name, survey).outcome,
});

/** One play on one host, unless the host has ended before. */
export const playHost = async (
  play: CompiledPlay,
  state: HostState,
  options: { readonly run: RunId; readonly walk: Walk },
): Promise<HostState> => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const plan = planOf(state.survey, play);
  if (plan.kind !== "planned" || !isNonEmpty(plan.actions)) return endIf(state, unmet(plan));
  const { actions } = plan;
  if (plan.needsRoot) return endIf(state, needsRoot, actions);
  return settle(play, state, actions, await applyHost(state.target, actions, options));
};

const needsRoot: Failure = { code: "needs_root", detail: "nothing was changed", sent: false };

/** What a host's state is after something was sent: by what the host says of itself, not by how the sending went. */
const settle = (play: CompiledPlay, state: HostState, actions: NonEmpty<Action>, sent: Sent): HostState => {
  if (sent.kind === "untouched")
    return sent.failure.code === "stale"
      ? end(
          state,
          notAttempted(state, actions, `stale: ${sent.failure.detail} changed after the plan was made; left alone`),
        )
      : endIf(state, sent.failure, actions);
  const changed = { ...state, survey: sent.after, changed: [...state.changed, ...actions] };
  if (sent.after.kind === "failed")
    return end(changed, unknown(changed, sent.kind === "done" ? sent.after.failure : sent.failure));
  const missing = unmet(planOf(sent.after, play));
  if (sent.kind === "done" || missing === undefined) return endIf(changed, missing);
  // A script that lost us goes on by itself: what is not there yet may still come.
  return sent.kind === "lost" ? end(changed, unknown(changed, sent.failure)) : endIf(changed, sent.failure);
};

const end = (state: HostState, ended: Outcome): HostState => ({ ...state, ended });

/** A host that this run has changed is never called unreachable: it was reached. */
const endIf = (state: HostState, failure: Failure | undefined, pending: readonly Action[] = []): HostState => {
  if (failure === undefined) return state;
  const actions = [...state.changed, ...pending];
  const reached = state.changed.length > 0 && isUnreachable(failure.code);
  return end(state, reached ? { kind: "failed", failure, actions } : failedOutcome(failure, actions));
};

const unknown = ({ changed }: HostState, failure: Failure): Outcome => ({
  kind: "unknown",
  failure: { ...failure, sent: true },
  actions: changed,
});

const notAttempted = (state: HostState, pending: readonly Action[], because: string): Outcome => ({
  kind: "not_attempted",
  because: state.changed.length === 0 ? because : `${because}; an earlier play of this run did change this host`,
  actions: [...state.changed, ...pending],
});

/** Why a plan is not the goal, where it is not: it is refused, something is pending, not proven, or a check fails. */
const unmet = (plan: HostPlan): Failure | undefined => {
  if (plan.kind === "refused") return plan.failures[0];
  if (plan.kind === "skipped") return undefined;
  const missing = (code: Failure["code"], detail: string): Failure => ({ code, detail, sent: false });
  if (plan.actions.length > 0) return missing("not_converged", `${plan.actions.length} changes are still pending`);
  if (plan.unproven.length > 0) return missing("facts_unreadable", plan.unproven.join("; "));
  return plan.unheld.length > 0 ? missing("verify_false", plan.unheld.join("; ")) : undefined;
};

const planOf = (survey: Extract<Survey, { kind: "planned" }>, play: CompiledPlay): HostPlan => {
  const found = survey.plans.find((one) => one.play === play);
  if (found === undefined) throw new Error(`no plan for play ${play.play.name}`);
  return found.plan;
};

/** A host that a stop came before: only one that had something to do is `not_attempted`. */
export const leaveOut = (play: CompiledPlay, state: HostState, because: string): HostState => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const plan = planOf(state.survey, play);
  if (plan.kind !== "planned" || plan.actions.length === 0) return state;
  return end(state, notAttempted(state, plan.actions, because));
};

/** How a host ended. One that was changed is proven by its last reading for every play, not for the last alone. */
export const reportState = ({ target, survey, changed, ended }: HostState): HostReport => {
  const { name } = target.host;
  const { outcome, findings } = reportSurvey(name, survey);
  if (ended !== undefined) return { name, outcome: ended, findings };
  if (!isNonEmpty(changed)) return { name, outcome, findings };
  if (outcome.kind !== "drifted") return { name, outcome: { kind: "changed", actions: changed }, findings };
  const detail = "a later play undoes what an earlier one did: each wants the same things otherwise";
  return {
    name,
    outcome: { kind: "failed", failure: { code: "not_converged", detail, sent: true }, actions: changed },
    findings,
  };
};
