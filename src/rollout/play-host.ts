import type { Action } from "../model/action.ts";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { PlayOptions } from "./apply-options.ts";
import { changeHost } from "./change-host.ts";
import { defect } from "./defect.ts";
import { runAfter, runBefore } from "./hooks.ts";
import { end, endIf, type HostState, needsSecondReboot, notAttempted, unknown } from "./host-state.ts";
import { joined } from "./joined.ts";
import { waitsThere } from "./own-work.ts";
import { planOf } from "./survey.ts";
import { changeFor, takeUp } from "./take-up.ts";
import { rebootLeft, unmet } from "./unmet.ts";

/**
 * One play on one host, unless the host has ended before: what comes before its change, the change, what comes after it. A
 * run that goes on settles first what it had begun there. A defect of ours on the way does not leave the host drained.
 */
export const playHost = async (play: CompiledPlay, state: HostState, options: PlayOptions): Promise<HostState> => {
  if (state.ended !== undefined) return state;
  const taken = await safely(state, [], () => takeUp(play, state, options));
  const work = workFor(play, taken, options);
  if (work.kind === "none") return isOwed(state, options) ? after(play, work.state, options) : work.state;
  const { actions } = work;
  const { state: ready, began } = await before(play, taken, actions, options);
  if (!began) return ready;
  const change = () => changeHost(play, ready, changeFor(play, ready, actions, options), options);
  return after(play, ready.ended === undefined ? await safely(ready, actions, change) : ready, options);
};

type Work =
  | { readonly kind: "none"; readonly state: HostState }
  | { readonly kind: "some"; readonly actions: NonEmpty<Action> };

/** What there is to be done for a host, by its last reading; or how it stands where that is nothing. */
const workFor = (play: CompiledPlay, state: HostState, { run }: PlayOptions): Work => {
  const none = (as: HostState): Work => ({ kind: "none", state: as });
  if (state.ended !== undefined || state.survey.kind === "failed") return none(state);
  const plan = planOf(state.survey, play);
  if (state.rebooted && plan.kind === "refused" && plan.failures.every(({ code }) => code === "reboot_refused"))
    return none(end(state, needsSecondReboot(state, plan.failures[0].detail)));
  if (plan.kind !== "planned" || !isNonEmpty(plan.actions)) {
    const waits = unmet(plan) === undefined && plan.kind === "planned" ? waitsThere(state, run) : undefined;
    return none(waits === undefined ? endIf(state, unmet(plan)) : end(state, notAttempted(state, [], waits)));
  }
  if (plan.needsRoot) return none(endIf(state, needsRoot, plan.actions));
  if (state.rebooted && rebootLeft(plan) !== undefined) return none(state);
  return { kind: "some", actions: plan.actions };
};

const needsRoot: Failure = { code: "needs_root", detail: "nothing was changed", sent: false };

/** Has the run begun with this play's `before` here when it was cut off? */
const isOwed = ({ resumed }: HostState, { playNumber }: PlayOptions): boolean =>
  resumed?.owed.includes(playNumber) === true;

const before: typeof runBefore = async (play, state, actions, options) => {
  try {
    return await runBefore(play, state, actions, options);
  } catch (error) {
    return { state: endIf(state, defect(error, false), actions), began: true };
  }
};

const after: typeof runAfter = async (play, state, options) => {
  try {
    return await runAfter(play, state, options);
  } catch (error) {
    return state.ended === undefined ? end(state, unknown(state, defect(error, true))) : state;
  }
};

/** What may have been sent when a defect came is not known. */
const safely = async (
  state: HostState,
  actions: readonly Action[],
  work: () => Promise<HostState>,
): Promise<HostState> => {
  try {
    return await work();
  } catch (error) {
    const changed = joined(state.changed, actions);
    return end({ ...state, changed }, unknown({ ...state, changed }, defect(error, true)));
  }
};
