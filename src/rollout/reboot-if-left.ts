import type { Failure } from "../model/failure.ts";
import type { Outcome } from "../model/outcome.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { PlayOptions } from "./apply-options.ts";
import type { Change } from "./change.ts";
import { end, endIf, type HostState } from "./host-state.ts";
import { revertedBy } from "./own-work.ts";
import { isReboot, proveReboot, type RebootAction, type Rebooted, rebootHost } from "./reboot-host.ts";
import { judged, leave, notConfirmed, putBack, type Standing } from "./standing.ts";
import { planOf, type Survey } from "./survey.ts";
import { rebootLeft, unmetAfter } from "./unmet.ts";

/** The files are read back and nothing but the reboot is left: only then is it sent, and once in a run. */
export const rebootIfLeft = async (
  play: CompiledPlay,
  standing: Standing,
  { reboot: planned, confirm }: Change,
  options: PlayOptions,
): Promise<Standing> => {
  const { state, next } = standing;
  if (planned === undefined || next !== "confirm" || state.ended !== undefined || state.survey.kind === "failed")
    return standing;
  const again = state.resumed?.rebooted === true;
  // Told to before the run was cut off, it has gone down since it was read.
  if (again && !state.rebooted && isOtherBoot(state.survey, planned)) {
    const rebooted = await proveReboot(state.target, planned, { walk: options.walk, lost: undefined });
    return afterReboot(play, state, { planned, rebooted, options });
  }
  const left = rebootLeft(planOf(state.survey, play));
  if (left === undefined || state.rebooted) return standing;
  if (left.from !== planned.from) return { state: endIf(state, rebootedByOthers, [planned]), next };
  if (options.walk.stop.aborted) return { state: end(state, stoppedBeforeReboot(state, planned)), next };
  const rebooted = await rebootHost(state.target, planned, { ...options, token: confirm?.token, again });
  return afterReboot(play, state, { planned, rebooted, options });
};

export const isOtherBoot = (survey: Survey, { from }: RebootAction): boolean =>
  survey.kind === "planned" && survey.boot.kind === "read" && survey.boot.value !== from;

type Tried = { readonly planned: RebootAction; readonly rebooted: Rebooted; readonly options: PlayOptions };

/** What a host's state is after its reboot, or after it refused one. */
export const afterReboot = (play: CompiledPlay, state: HostState, { planned, rebooted, options }: Tried): Standing => {
  // Nothing is undone where it was not rebooted: the files wait for a reboot that may be had.
  if (rebooted.kind === "untouched") return { state: endIf(state, rebooted.failure, [planned]), next: "confirm" };
  // A run that goes on has it from the journal, perhaps as it was planned then: no run gives a host two.
  const changed = state.changed.some(isReboot) ? state.changed : [...state.changed, planned];
  const sent = { ...state, rebooted: true, changed };
  if (rebooted.kind === "failed") {
    const stays = rebooted.failure.code === "not_rebooted";
    return { state: endIf(sent, rebooted.failure), next: stays ? "confirm" : "leave" };
  }
  const seen = { ...sent, survey: rebooted.after };
  const reverted = revertedBy(rebooted.after, options.run);
  if (reverted !== undefined) return leave(putBack(seen, notConfirmed(reverted.because), reverted.left));
  const plan = planOf(rebooted.after, play);
  return judged(seen, plan, unmetAfter(plan));
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
