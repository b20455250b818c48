import type { ConfirmRequest } from "../apply/arm-calls.ts";
import type { Failure } from "../model/failure.ts";
import { absent } from "../model/reading.ts";
import type { PlayOptions } from "./apply-options.ts";
import type { Change } from "./change.ts";
import { confirmHost } from "./confirm-host.ts";
import { end, endIf, type HostState, unknown } from "./host-state.ts";
import { isHeld, isPending, revertedBy } from "./own-work.ts";
import { margin } from "./read-after.ts";
import { revertHost } from "./revert-host.ts";
import { byItself, notConfirmed, putBack, type Standing, wordsOf } from "./standing.ts";
import { goingOn, surveyHost } from "./survey.ts";
import { unlockHost } from "./unlock-host.ts";

/** Has the host keep its change or put it back, where it waits for either; a lock that was kept for a reboot is given back. */
export const conclude = async (
  { state, next }: Standing,
  { confirm, holds }: Pick<Change, "confirm" | "holds">,
  options: PlayOptions,
): Promise<HostState> => {
  if (next === "leave") return state;
  if (confirm === undefined) return holds === undefined ? state : giveBack(state, options);
  return next === "confirm" ? keepChange(state, confirm, options) : putBackNow(state, confirm, options);
};

/** The reboot took the lock with it, or did not come. Where this does not get through, it ends with its time. */
const giveBack = async (state: HostState, { run, walk }: PlayOptions): Promise<HostState> => {
  if (state.survey.kind === "planned" && isHeld(state.survey, run)) await unlockHost(state.target, run, goingOn(walk));
  return state;
};

const keepChange = async (state: HostState, confirm: ConfirmRequest, options: PlayOptions): Promise<HostState> => {
  const told = await confirmHost(state.target, confirm, options);
  switch (told.kind) {
    case "confirmed":
      return waitingNoMore(state);
    case "reverted":
      return putBack(state, failureOf(state) ?? notConfirmed(`too late: ${told.because}`), told.left);
    case "nothing":
      // Nothing had to be changed where the last reading saw nothing that waits. One that failed before has its own reason.
      return isWaiting(state, options) && failureOf(state) === undefined
        ? endIf(state, notConfirmed("nothing of this run waits there any more"))
        : state;
    case "failed":
      return unsure(state, notConfirmed(told.error));
    case "lost":
      return unsure(state, notConfirmed(wordsOf(told.failure)));
    case "unwritten":
      return unsure(state, told.failure);
  }
};

/** The last reading was made before the confirmation. */
const waitingNoMore = (state: HostState): HostState => {
  if (state.survey.kind !== "planned") return state;
  const plans = state.survey.plans.map(({ play, plan }) => ({
    play,
    plan: { ...plan, findings: plan.findings.filter(({ code }) => code !== "CT211") },
  }));
  return { ...state, survey: { ...state.survey, plans, own: { ...state.survey.own, pending: absent } } };
};

const failureOf = ({ ended }: HostState): Failure | undefined =>
  ended !== undefined && "failure" in ended ? ended.failure : undefined;

const isWaiting = ({ survey }: HostState, { run }: PlayOptions): boolean =>
  survey.kind === "planned" && isPending(survey, run);

/** A change of which nobody knows whether it is confirmed: the host decides. One that failed before has its own reason. */
const unsure = (state: HostState, failure: Failure): HostState => {
  const because = { ...failure, detail: `${failure.detail}; unless it was confirmed, ${byItself}` };
  const before = failureOf(state);
  if (before === undefined || state.ended === undefined) return end(state, unknown(state, because));
  const detail = `${before.detail}; ${wordsOf(because)}`;
  return end(state, { kind: "failed", failure: { ...before, detail }, actions: state.changed });
};

const putBackNow = async (state: HostState, confirm: ConfirmRequest, options: PlayOptions): Promise<HostState> => {
  const { target, changed: actions } = state;
  const because = failureOf(state);
  if (because === undefined) throw new Error("a change that is put back has a reason");
  options.walk.onProgress({ kind: "reverting", host: target.host.name, because });
  const within = confirm.seconds * 1000 + margin;
  const told = await revertHost(target, { of: options.run, what: "pending", actions, within }, options);
  switch (told.kind) {
    case "reverted":
      return putBack(await readBack(state, options), because, told.left);
    case "already":
      return alreadyBack(await readBack(state, options), because, options);
    case "nothing":
      // It failed before the host had anything to put back: nothing was changed.
      return state;
    case "changed_since":
      return putBack(state, because, told.what);
    case "locked":
      return putBack(state, because, [`all of it: another run is at work there: ${told.by}`]);
    case "lost":
      return unsure(state, told.failure);
    case "unwritten":
      return unsure(state, told.failure);
  }
};

/** By an earlier try whose answer was lost, or by the host's own clock: it remembers what it could not do. */
const alreadyBack = (state: HostState, because: Failure, { run }: PlayOptions): HostState => {
  const known = state.survey.kind === "planned" ? revertedBy(state.survey, run) : undefined;
  return putBack(state, because, known?.left ?? []);
};

/** What a host says of itself after it was put back, where it says anything. */
const readBack = async (state: HostState, { walk }: PlayOptions): Promise<HostState> => {
  const survey = await surveyHost(state.target, goingOn(walk));
  return survey.kind === "failed" ? state : { ...state, survey };
};
