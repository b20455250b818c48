import pLimit from "p-limit";
import type { HostName } from "../model/brand.ts";
import { isUnderWay } from "./apply-options.ts";
import type { Batch, Course } from "./course.ts";
import { defect } from "./defect.ts";
import { endMember, hasFailed, memberOf } from "./fleet.ts";
import { end, type HostState, leaveOut, notAttempted, reportState } from "./host-state.ts";
import { playHost } from "./play-host.ts";
import type { Tally } from "./tally.ts";

type Running = { readonly batch: Batch; readonly tally: Tally; readonly course: Course };

/**
 * Runs hosts of a batch, `forks` at a time, each if `whyNot` has nothing against it when its turn comes; the others are left
 * out. A host that reboots keeps its fork until it is proven: no more of them are down at once than the batch and the forks allow.
 */
export const runHosts = async (
  names: readonly HostName[],
  running: Running,
  whyNot: () => string | undefined,
): Promise<void> => {
  const { batch, course } = running;
  const limit = pLimit(course.options.walk.forks);
  await Promise.all(
    names.map((name) =>
      limit(async () => {
        const because = whyNot();
        if (because === undefined) await runHost(name, running);
        else leaveAlone([name], because, { batch, course });
      }),
    ),
  );
};

const runHost = async (name: HostName, { batch, tally, course }: Running): Promise<void> => {
  const member = memberOf(course.fleet, name);
  if (member.kind === "ended") return;
  const { state } = member;
  const after = await playSafely(state, batch, course);
  if (after !== state) course.options.walk.onProgress({ kind: "applied", report: reportState(after) });
  if (keep(after, batch, course)) await tellOutcome(name, course);
  const ended = memberOf(course.fleet, name);
  if (state.ended === undefined && ended.kind === "ended" && (after.beforeFailed || hasFailed(ended.report)))
    tally.failed += 1;
};

/** A defect on one host must not take the others' results with it. */
const playSafely = async (state: HostState, { play, playNumber }: Batch, { options }: Course): Promise<HostState> => {
  try {
    return await playHost(play, state, { ...options, playNumber });
  } catch (error) {
    return { ...state, ended: { kind: "unknown", failure: defect(error, true), actions: state.changed } };
  }
};

/** Keeps a host as it is after a play; true where it has ended for good, by then or with the last of its plays. */
const keep = (state: HostState, { play, playNumber }: Batch, { fleet }: Course): boolean => {
  const { target } = state;
  const over = state.ended !== undefined || target.plays.at(-1) === play;
  fleet.set(target.host.name, over ? endMember(state, playNumber) : { kind: "open", target, state });
  return over;
};

/** A host that was not attempted has its turn when the run goes on: the journal then says nothing of its end. */
const tellOutcome = async (name: HostName, { fleet, options: { journal } }: Course): Promise<void> => {
  const member = memberOf(fleet, name);
  if (member.kind === "open" || member.report.outcome.kind === "not_attempted") return;
  await journal.write({ kind: "outcome", report: member.report, play: member.play, seen: member.seen });
};

/** These hosts of a batch have no turn in this run. */
export const leaveAlone = (
  names: readonly HostName[],
  because: string,
  { batch, course }: Omit<Running, "tally">,
): void => {
  for (const name of names) {
    const member = memberOf(course.fleet, name);
    if (member.kind === "ended") continue;
    const { state } = member;
    // Of a host that was under way a reading alone does not say that it is well.
    const begun = state.ended === undefined && isUnderWay(course.options.resumed.get(name));
    keep(begun ? end(state, notAttempted(state, [], because)) : leaveOut(batch.play, state, because), batch, course);
  }
};
