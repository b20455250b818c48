import type { Action } from "../model/action.ts";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { type Failure, isUnreachable } from "../model/failure.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import { absent } from "../model/reading.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { Resumed } from "./apply-options.ts";
import { joined } from "./joined.ts";
import { failedOutcome, planOf, reportSurvey, type Survey, type Target } from "./survey.ts";

/** What is known of a host while the plays walk over it. */
export type HostState = {
  readonly target: Target;
  readonly survey: Survey;
  /** What this run sent to the host so far. */
  readonly changed: readonly Action[];
  /** Was a reboot sent, whatever became of it? No run sends a host two. */
  readonly rebooted: boolean;
  /** What the run had come to here before it was cut off; undefined: nothing. */
  readonly resumed: Underway | undefined;
  /** Did its play's `before` fail? It is left as it is, and counts as failed in the budget. */
  readonly beforeFailed: boolean;
  /** Set once: the host has ended, and no later play touches it. */
  readonly ended: Outcome | undefined;
};

/** A run that was cut off had begun with this host. */
export type Underway = Extract<Resumed, { readonly kind: "open" }>;

/**
 * A host before the first play: one that could not be gathered has ended already, unless a run that goes on had begun with it:
 * then its first play sees to it.
 */
export const startState = (target: Target, survey: Survey | undefined, resumed?: Underway): HostState => ({
  target,
  survey: survey ?? unseen,
  changed: resumed?.changed ?? [],
  rebooted: resumed?.rebooted ?? false,
  resumed,
  beforeFailed: false,
  ended:
    survey?.kind === "planned" || (survey !== undefined && resumed !== undefined)
      ? undefined
      : reportSurvey(target.host.name, survey).outcome,
});

const unseen: Survey = {
  kind: "planned",
  plans: [],
  boot: absent,
  own: { lock: absent, pending: absent, reverted: absent },
  drops: absent,
};

/** Nothing that the run had begun here is open any more; what is owed still is. */
export const settled = (state: HostState): HostState => ({
  ...state,
  resumed: state.resumed && { ...state.resumed, token: undefined, rebooted: false },
});

export const end = (state: HostState, ended: Outcome): HostState => ({ ...state, ended });

/** A host that this run has changed is never called unreachable: it was reached. */
export const endIf = (state: HostState, failure: Failure | undefined, pending: readonly Action[] = []): HostState => {
  if (failure === undefined) return state;
  const actions = joined(state.changed, pending);
  const reached = state.changed.length > 0 && isUnreachable(failure.code) && failure.code !== "stopped";
  return end(state, reached ? { kind: "failed", failure, actions } : failedOutcome(failure, actions));
};

export const unknown = ({ changed }: HostState, failure: Failure): Outcome => ({
  kind: "unknown",
  failure: { ...failure, sent: true },
  actions: changed,
});

export const notAttempted = (state: HostState, pending: readonly Action[], because: string): Outcome => ({
  kind: "not_attempted",
  because: state.changed.length === 0 ? because : `${because}; an earlier play of this run did change this host`,
  actions: joined(state.changed, pending),
});

/** A host that a stop came before: only one that had something to do is `not_attempted`. */
export const leaveOut = (play: CompiledPlay, state: HostState, because: string): HostState => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const plan = planOf(state.survey, play);
  if (plan.kind !== "planned" || plan.actions.length === 0) return state;
  return end(state, notAttempted(state, plan.actions, because));
};

const secondReboot = "a second reboot, which no run gives a host: apply again";

/** A host that a later play would reboot again: it has its files where they could be written. */
export const needsSecondReboot = ({ changed }: HostState, because: string): Outcome => ({
  kind: "drifted",
  actions: [],
  needs: [`${secondReboot} (${because})`],
  ...(isNonEmpty(changed) ? { done: changed } : {}),
});

/** How a host ended. One that was changed is proven by its last reading for every play, not for the last alone. */
export const reportState = ({ target, survey, changed, rebooted, ended }: HostState): HostReport => {
  const { name } = target.host;
  const { outcome, findings } = reportSurvey(name, survey);
  const report = (how: Outcome): HostReport => ({ name, outcome: how, findings });
  if (ended !== undefined) return report(ended);
  if (!isNonEmpty(changed)) return report(outcome);
  if (outcome.kind !== "drifted") return report(withTrial(changed, target));
  const { actions, needs } = outcome;
  if (actions.every(({ kind }) => rebooted && kind === "reboot")) {
    const all = actions.length === 0 ? needs : [...needs, secondReboot];
    return report({ kind: "drifted", actions: [], needs: all, done: changed });
  }
  const detail = "a later play undoes what an earlier one did: each wants the same things otherwise";
  return report({ kind: "failed", failure: { code: "not_converged", detail, sent: true }, actions: changed });
};

const withTrial = (actions: NonEmpty<Action>, { plays }: Target): Outcome => {
  const trial = plays.find((play) => play.trial !== undefined)?.trial;
  return { kind: "changed", actions, ...(trial === undefined ? {} : { trial }) };
};
