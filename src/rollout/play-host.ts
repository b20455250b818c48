import type { Action } from "../model/action.ts";
import { isNonEmpty, type NonEmpty, type RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { Outcome } from "../model/outcome.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { applyHost, type Sent } from "./apply-host.ts";
import { end, endIf, type HostState, needsSecondReboot, notAttempted, unknown } from "./host-state.ts";
import { isReboot, type RebootAction, rebootHost } from "./reboot-host.ts";
import { planOf, type Survey, surveyHost, type Walk } from "./survey.ts";
import { rebootLeft, unmet, unmetAfter, unmetBefore } from "./unmet.ts";

type PlayOptions = { readonly run: RunId; readonly walk: Walk };

/** One play on one host, unless the host has ended before: one script, and where it is planned a reboot after it. */
export const playHost = async (play: CompiledPlay, state: HostState, options: PlayOptions): Promise<HostState> => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const plan = planOf(state.survey, play);
  if (state.rebooted && plan.kind === "refused" && plan.failures.every(({ code }) => code === "reboot_refused"))
    return end(state, needsSecondReboot(state, plan.failures[0].detail));
  if (plan.kind !== "planned" || !isNonEmpty(plan.actions)) return endIf(state, unmet(plan));
  if (plan.needsRoot) return endIf(state, needsRoot, plan.actions);
  const reboot = plan.actions.find(isReboot);
  const actions = plan.actions.filter((action) => !isReboot(action));
  if (!isNonEmpty(actions)) return lookAgain(play, state, plan.actions, options);
  const isThere = (after: Survey): boolean =>
    after.kind === "planned" && unmetBefore(reboot, planOf(after, play)) === undefined;
  const sent = await applyHost(state.target, actions, { ...options, trial: play.trial, isThere });
  const settled = settle(play, state, { actions, reboot }, sent);
  return reboot === undefined ? settled : rebootIfLeft(play, settled, reboot, options);
};

const needsRoot: Failure = { code: "needs_root", detail: "nothing was changed", sent: false };

type Planned = { readonly actions: NonEmpty<Action>; readonly reboot: RebootAction | undefined };

/** What a host's state is after something was sent: by what the host says of itself, not by how the sending went. */
const settle = (play: CompiledPlay, state: HostState, { actions, reboot }: Planned, sent: Sent): HostState => {
  if (sent.kind === "untouched")
    return sent.failure.code === "stale"
      ? end(state, notAttempted(state, actions, stale(sent.failure.detail)))
      : endIf(state, sent.failure, actions);
  const changed = { ...state, survey: sent.after, changed: [...state.changed, ...actions] };
  if (sent.after.kind === "failed")
    return end(changed, unknown(changed, sent.kind === "done" ? sent.after.failure : sent.failure));
  const plan = planOf(sent.after, play);
  // Files that read well may not be on disk where the script failed: no reboot then.
  const missing = sent.kind === "failed" ? unmet(plan) : unmetBefore(reboot, plan);
  if (sent.kind === "done" || missing === undefined) return endIf(changed, missing);
  // A script that lost us goes on by itself: what is not there yet may still come.
  return sent.kind === "lost" ? end(changed, unknown(changed, sent.failure)) : endIf(changed, sent.failure);
};

const stale = (what: string): string => `stale: ${what} changed after the plan was made; left alone`;

/** A plan that is a reboot and nothing else: is it so still? */
const lookAgain = async (
  play: CompiledPlay,
  state: HostState,
  planned: NonEmpty<Action>,
  options: PlayOptions,
): Promise<HostState> => {
  const reboot = planned.find(isReboot);
  if (reboot === undefined || state.rebooted) return state;
  const survey = await surveyHost(state.target, options.walk);
  if (survey.kind === "failed") return endIf(state, survey.failure, planned);
  const seen = { ...state, survey };
  const plan = planOf(survey, play);
  const other = plan.kind === "planned" && plan.actions.length > 0 && rebootLeft(plan) === undefined;
  if (other) return end(seen, notAttempted(seen, planned, stale("the host")));
  return rebootIfLeft(play, endIf(seen, unmetBefore(reboot, plan), planned), reboot, options);
};

/** The files are read back and nothing but the reboot is left: only then is it sent, and once in a run. */
const rebootIfLeft = async (
  play: CompiledPlay,
  state: HostState,
  planned: RebootAction,
  options: PlayOptions,
): Promise<HostState> => {
  if (state.ended !== undefined || state.survey.kind === "failed") return state;
  const left = rebootLeft(planOf(state.survey, play));
  if (left === undefined || state.rebooted) return state;
  if (left.from !== planned.from) return endIf(state, rebootedByOthers, [planned]);
  if (options.walk.stop.aborted) return end(state, stoppedBeforeReboot(state, planned));
  const rebooted = await rebootHost(state.target, planned, options);
  if (rebooted.kind === "untouched") return endIf(state, rebooted.failure, [planned]);
  const sent = { ...state, rebooted: true, changed: [...state.changed, planned] };
  if (rebooted.kind === "failed") return endIf(sent, rebooted.failure);
  return endIf({ ...sent, survey: rebooted.after }, unmetAfter(planOf(rebooted.after, play)));
};

const stoppedBeforeReboot = ({ changed }: HostState, reboot: RebootAction): Outcome => ({
  kind: "not_attempted",
  because: "the run was stopped before the reboot of this host; its files are as the play wants them",
  actions: [...changed, reboot],
});

const rebootedByOthers: Failure = {
  code: "reboot_refused",
  detail: "it is in another boot than the one that the plan was made in",
  sent: false,
};
