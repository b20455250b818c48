import type { RunId } from "../model/brand.ts";
import type { Reverted } from "../model/own-facts.ts";
import type { Reading } from "../model/reading.ts";
import type { HostState } from "./host-state.ts";
import type { PlannedSurvey } from "./survey.ts";

/** Does a change of this run wait there for its confirmation? */
export const isPending = ({ own }: PlannedSurvey, run: RunId): boolean => isOf(own.pending, run);

/** Is this run at work there, or does it keep others away? */
export const isLocked = ({ own }: PlannedSurvey, run: RunId): boolean => isOf(own.lock, run);

/** Does its lock keep others away still? One of another boot, or past its time, does not. */
export const isHeld = ({ own }: PlannedSurvey, run: RunId): boolean =>
  isOf(own.lock, run) && own.lock.kind === "read" && own.lock.value.remaining > 0;

/** May a script of this run have begun there? What cannot be read may be ours. */
export const isTouched = ({ own }: PlannedSurvey, run: RunId): boolean =>
  [own.lock, own.pending].some((reading) => reading.kind === "unreadable" || isOf(reading, run));

/** What the host says of a change of this run that it has put back. */
export const revertedBy = ({ own }: PlannedSurvey, run: RunId): Reverted | undefined =>
  own.reverted.kind === "read" && own.reverted.value.run === run ? own.reverted.value : undefined;

/**
 * Why a host that has nothing to do is not well yet: a change waits there that nobody has confirmed, and the host puts it back
 * unless somebody does. One of this run that is still to be decided on is no such reason.
 */
export const waitsThere = ({ survey, resumed }: HostState, run: RunId): string | undefined => {
  if (survey.kind !== "planned" || survey.own.pending.kind !== "read") return undefined;
  const { run: of, remaining } = survey.own.pending.value;
  if (remaining <= 0 || (of === run && resumed?.token !== undefined)) return undefined;
  return `a change of run ${of} waits there to be confirmed and goes back in ${remaining} s: ctfleet resume ${of}, or wait, then apply again`;
};

const isOf = (reading: Reading<{ readonly run: RunId }>, run: RunId): boolean =>
  reading.kind === "read" && reading.value.run === run;
