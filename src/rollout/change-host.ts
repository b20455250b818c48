import { isNonEmpty } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { HostPlan } from "../model/plan.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { applyHost, type Sent } from "./apply-host.ts";
import type { PlayOptions } from "./apply-options.ts";
import type { Change } from "./change.ts";
import { conclude } from "./conclude.ts";
import { end, endIf, type HostState, notAttempted, settled, unknown } from "./host-state.ts";
import { joined } from "./joined.ts";
import { revertedBy } from "./own-work.ts";
import { readAfter } from "./read-after.ts";
import { rebootIfLeft } from "./reboot-if-left.ts";
import { byItself, judged, leave, notConfirmed, putBack, type Standing, wordsOf } from "./standing.ts";
import { planOf, type Survey, surveyHost } from "./survey.ts";
import { rebootLeft, unmet, unmetBefore } from "./unmet.ts";

/** Sends a change, reads what became of it, reboots where that is planned, and has the host keep the change or put it back. */
export const changeHost = async (
  play: CompiledPlay,
  state: HostState,
  change: Change,
  options: PlayOptions,
): Promise<HostState> => {
  const applied = await applyChange(play, state, change, options);
  const standing = await rebootIfLeft(play, applied, change, options);
  return settled(await conclude(standing, change, options));
};

const applyChange = async (
  play: CompiledPlay,
  state: HostState,
  change: Change,
  options: PlayOptions,
): Promise<Standing> => {
  const { actions } = change;
  if (!isNonEmpty(actions)) return lookAgain(play, state, change, options);
  const sent = await applyHost(state.target, { ...change, actions, trial: play.trial }, options);
  if (sent.kind === "untouched") return leave(untouched(state, change, sent.failure));
  const changed = { ...state, changed: joined(state.changed, actions) };
  if (sent.kind === "failed" && change.confirm !== undefined && halfDone.has(sent.failure.code))
    return { state: endIf(changed, sent.failure), next: "revert" };
  const isThere = (after: Survey): boolean =>
    after.kind === "planned" && unmetBefore(change.reboot, planOf(after, play)) === undefined;
  const survey = await readAfter(state.target, { ...options, change, sent, isThere });
  return settle(play, { ...changed, survey }, { change, sent, options });
};

/** What the script did not do whole is put back. Where a module is in use, the files wait for a reload that may be had. */
const halfDone: ReadonlySet<Failure["code"]> = new Set([
  "write_failed",
  "set_failed",
  "reload_failed",
  "command_failed",
]);

const untouched = (state: HostState, { actions }: Change, failure: Failure): HostState => {
  if (failure.code === "stale") return end(state, notAttempted(state, actions, stale(failure.detail)));
  if (failure.code === "locked") return end(state, notAttempted(state, actions, locked(failure.detail)));
  return endIf(state, failure, actions);
};

const stale = (what: string): string => `stale: ${what} changed after the plan was made; left alone`;
export const locked = (by: string): string => `locked: another run is at work on the host: ${by}`;

type Settling = {
  readonly change: Change;
  readonly sent: Exclude<Sent, { kind: "untouched" }>;
  readonly options: PlayOptions;
};

/** What a host's state is after something was sent: by what the host says of itself, not by how the sending went. */
const settle = (play: CompiledPlay, state: HostState, { change, sent, options }: Settling): Standing => {
  const { survey } = state;
  if (survey.kind === "failed") return leave(end(state, unknown(state, unheard(change, sent, survey.failure))));
  const reverted = change.confirm === undefined ? undefined : revertedBy(survey, options.run);
  if (reverted !== undefined) return leave(putBack(state, notConfirmed(whyNot(sent, reverted.because)), reverted.left));
  const plan = planOf(survey, play);
  const missing = missingOf(plan, change, sent);
  if (sent.kind === "done" || missing === undefined) return judged(state, plan, missing);
  // A script that lost us goes on by itself: what is not there yet may still come.
  if (sent.kind === "lost") return leave(end(state, unknown(state, sent.failure)));
  return { state: endIf(state, sent.failure), next: "confirm" };
};

/** Files that read well may not be on disk where the script failed: no reboot then. */
const missingOf = (plan: HostPlan, { reboot }: Change, sent: Settling["sent"]): Failure | undefined =>
  sent.kind === "failed" ? unmet(plan) : unmetBefore(reboot, plan);

const whyNot = (sent: Settling["sent"], because: string): string =>
  sent.kind === "lost" ? `${because}; contact was lost (${wordsOf(sent.failure)})` : because;

/** Why nothing is known of a host that does not answer any more. */
const unheard = ({ confirm }: Change, sent: Settling["sent"], last: Failure): Failure => {
  const first = sent.kind === "done" ? last : sent.failure;
  if (confirm === undefined) return first;
  return notConfirmed(`it does not answer (${wordsOf(last)}); ${byItself} after ${confirm.seconds} s`);
};

/** A plan that is a reboot and nothing else: is it so still? */
const lookAgain = async (
  play: CompiledPlay,
  state: HostState,
  { reboot }: Change,
  { walk }: PlayOptions,
): Promise<Standing> => {
  if (reboot === undefined || state.rebooted) return leave(state);
  const survey = await surveyHost(state.target, walk);
  if (survey.kind === "failed") return leave(endIf(state, survey.failure, [reboot]));
  const seen = { ...state, survey };
  const plan = planOf(survey, play);
  const other = plan.kind === "planned" && plan.actions.length > 0 && rebootLeft(plan) === undefined;
  if (other) return leave(end(seen, notAttempted(seen, [reboot], stale("the host"))));
  return { state: endIf(seen, unmetBefore(reboot, plan), [reboot]), next: "confirm" };
};
