import type { Action } from "../model/action.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { PlayOptions } from "./apply-options.ts";
import { type Change, changeOf } from "./change.ts";
import { conclude } from "./conclude.ts";
import { end, endIf, type HostState, settled, type Underway, unknown } from "./host-state.ts";
import { without } from "./joined.ts";
import { isLocked, isPending } from "./own-work.ts";
import { margin } from "./read-after.ts";
import { readUntil } from "./read-again.ts";
import { isReboot, proveReboot, type RebootAction } from "./reboot-host.ts";
import { afterReboot, isOtherBoot } from "./reboot-if-left.ts";
import { byItself, judged, notConfirmed, wordsOf } from "./standing.ts";
import { planOf, type Survey } from "./survey.ts";
import { rebootLeft, unmetBefore } from "./unmet.ts";

/**
 * Goes on with a host that the run had begun with before it was cut off: what the host says of itself tells what became of
 * it. A reboot that happened is proven, a change that waits is confirmed where its goal holds and put back where not. What is
 * missing then is planned and sent as for any other host.
 */
export const takeUp = async (play: CompiledPlay, state: HostState, options: PlayOptions): Promise<HostState> => {
  const { resumed } = state;
  if (resumed === undefined || !isDue(play, state, resumed, options)) return state;
  const heard = await hear(state, resumed, options);
  if (heard.ended !== undefined) return heard;
  const reboot = openReboot(resumed);
  if (reboot !== undefined && isOtherBoot(heard.survey, reboot))
    return settled(await prove(play, heard, reboot, options));
  // It is settled by sending it again: the host refuses a second one of the run.
  const told = reboot === undefined ? heard : { ...heard, rebooted: false };
  const quiet = await awaitScript(play, told, options);
  return decide(play, quiet, options);
};

/** In the play that the run was in, or before anything else is sent. */
const isDue = (play: CompiledPlay, { survey }: HostState, resumed: Underway, { playNumber }: PlayOptions): boolean => {
  const isOpen = resumed.token !== undefined || resumed.rebooted || survey.kind === "failed";
  if (!isOpen || survey.kind === "failed") return isOpen;
  const plan = planOf(survey, play);
  return playNumber >= (resumed.play ?? 0) || (plan.kind === "planned" && plan.actions.length > 0);
};

/** The reboot that the run was at. What was sent after one is of a later play: that reboot was proven then. */
const openReboot = ({ changed, rebooted }: Underway): RebootAction | undefined => {
  const last = changed.at(-1);
  return rebooted && last !== undefined && isReboot(last) ? last : undefined;
};

/** The change waits no more; a reboot that the host was told of may still come. */
const decided = (state: HostState): HostState => ({
  ...state,
  resumed: state.resumed && { ...state.resumed, token: undefined },
});

/** A host that did not answer is waited for as long as it may take to put itself right, or to boot. */
const hear = async (state: HostState, resumed: Underway, options: PlayOptions): Promise<HostState> => {
  if (state.survey.kind === "planned") return state;
  if (resumed.changed.length === 0) return endIf(state, state.survey.failure);
  const { clock } = options.walk.effects;
  const until = clock.now() + (openReboot(resumed)?.within ?? 0) + longestConfirm(state) + margin;
  const { survey } = await readUntil(state.target, { until, isEnough: ({ kind }) => kind === "planned" }, options.walk);
  const seen = { ...state, survey };
  if (survey.kind === "planned") return seen;
  return end(
    seen,
    unknown(seen, notConfirmed(`it does not answer (${wordsOf(survey.failure)}); if it waits, ${byItself}`)),
  );
};

const longestConfirm = ({ target }: HostState): number =>
  Math.max(0, ...target.plays.map((play) => play.confirmWithin ?? 0));

/** The reboot had come: it is proven as any other, and the change that waited for it is settled. */
const prove = async (
  play: CompiledPlay,
  state: HostState,
  reboot: RebootAction,
  options: PlayOptions,
): Promise<HostState> => {
  const rebooted = await proveReboot(state.target, reboot, { walk: options.walk, lost: undefined });
  const standing = afterReboot(play, state, { planned: reboot, rebooted, options });
  return conclude(standing, waiting(standing.state, options), options);
};

/** The script of the run may be at work still: its lock is there, and nothing waits yet. */
const awaitScript = async (play: CompiledPlay, state: HostState, { run, walk }: PlayOptions): Promise<HostState> => {
  const isQuiet = (survey: Survey): boolean =>
    survey.kind === "planned" && (!isLocked(survey, run) || isPending(survey, run) || isMet(play, survey));
  if (isQuiet(state.survey)) return state;
  const until = walk.effects.clock.now() + walk.deadlines.apply;
  const { survey } = await readUntil(state.target, { until, isEnough: isQuiet }, walk);
  return survey.kind === "planned" ? { ...state, survey } : end(state, unknown(state, survey.failure));
};

const isMet = (play: CompiledPlay, survey: Survey): boolean => pendingOf(play, survey).length === 0;

/** What the play would still do there. */
const pendingOf = (play: CompiledPlay, survey: Survey): readonly Action[] => {
  const plan = survey.kind === "planned" ? planOf(survey, play) : undefined;
  return plan?.kind === "planned" ? plan.actions : [];
};

/** A change that waits: it is kept where it is whole, and put back where it is not. */
const decide = async (play: CompiledPlay, state: HostState, options: PlayOptions): Promise<HostState> => {
  const { survey } = state;
  if (state.ended !== undefined || survey.kind === "failed") return state;
  const change = waiting(state, options);
  if (change.confirm === undefined) return decided(state);
  const plan = planOf(survey, play);
  const left = rebootLeft(plan);
  // The reboot is still to come, and the change waits for it.
  if (left !== undefined && !state.rebooted) return state;
  if (left !== undefined || isMet(play, survey))
    return decided(await conclude(judged(state, plan, unmetBefore(left, plan)), change, options));
  const cause = notConfirmed("the run was cut off before the change was whole");
  const back = await conclude({ state: endIf(state, cause), next: "revert" }, change, options);
  if (back.ended?.kind !== "reverted") return decided(back);
  return decided({ ...back, changed: without(back.changed, pendingOf(play, back.survey)), ended: undefined });
};

/** The change of this run that the host waits with, as far as it can still be confirmed. */
const waiting = ({ survey, resumed }: HostState, { run }: PlayOptions): Pick<Change, "confirm" | "holds"> => {
  const token = resumed?.token;
  if (token === undefined || survey.kind === "failed" || !isPending(survey, run)) return nothingWaits;
  const seconds = survey.own.pending.kind === "read" ? survey.own.pending.value.remaining : 0;
  return { confirm: { token, seconds, afterReboot: undefined }, holds: undefined };
};

const nothingWaits = { confirm: undefined, holds: undefined } as const;

/** What a play sends to a host; the token of a change that waits there for this reboot still holds. */
export const changeFor = (
  play: CompiledPlay,
  state: HostState,
  planned: readonly Action[],
  options: PlayOptions,
): Change => {
  const change = changeOf(play, planned, options.walk.effects.nonce());
  if (change.actions.length > 0) return change;
  const { confirm } = waiting(state, options);
  return confirm === undefined ? change : { ...change, confirm };
};
