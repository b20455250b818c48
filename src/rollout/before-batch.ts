import type { Window } from "../model/play.ts";
import { type Batch, type Course, whyOver } from "./course.ts";
import { changedHosts, endedReports, memberOf } from "./fleet.ts";
import { checkGate } from "./gates/check-gate.ts";
import { lookAt } from "./gates/look.ts";
import { planOf } from "./survey.ts";
import { isOpen, localTime } from "./windows.ts";

/** Has the play something to do on a host of the batch that has not ended? Who has nothing to do waits for nothing. */
export const hasWork = ({ play, hosts }: Batch, { fleet }: Course): boolean =>
  hosts.some((name) => {
    const member = memberOf(fleet, name);
    if (member.kind === "ended" || member.state.ended !== undefined || member.state.survey.kind === "failed")
      return false;
    const plan = planOf(member.state.survey, play);
    return plan.kind === "planned" && plan.actions.length > 0;
  });

/**
 * What must be so before a batch starts: the window, the pause and the gates (not before the first batch of all), and a person's
 * yes. The reason to stop, where there is one.
 */
export const beforeBatch = async (batch: Batch, course: Course): Promise<string | undefined> => {
  const window = () => closedWindow(batch.play.play.windows, course.options.walk.effects.wallClock());
  const steps = [
    window,
    ...(course.walked ? [() => pause(batch, course), () => closedGate(batch, course)] : []),
    () => declined(batch, course),
    // All of this takes its time.
    window,
  ];
  for (const step of steps) {
    const because = (await step()) ?? whyOver(course);
    if (because !== undefined) return because;
  }
  return undefined;
};

const closedWindow = (windows: readonly Window[], now: number): string | undefined => {
  const opening = isOpen(windows, now);
  if (opening.kind === "open") return undefined;
  const { opens } = opening;
  return opens === undefined
    ? "the window is closed, and does not open in the next two weeks"
    : `the window is closed until ${localTime(opens.at, opens.zone)}`;
};

const pause = async ({ play }: Batch, { options: { walk } }: Course): Promise<undefined> => {
  const wait = play.play.pause;
  if (wait === 0) return;
  walk.onProgress({ kind: "pause", wait });
  await walk.effects.clock.sleep(wait, walk.stop);
};

const closedGate = async ({ play }: Batch, { fleet, options: { walk } }: Course): Promise<string | undefined> => {
  for (const compiled of play.gates) {
    const { gate } = compiled;
    const look = await checkGate(gate, () => lookAt(compiled, { play, changed: changedHosts(fleet), walk }), walk);
    if (look.kind === "closed") return `gate ${gate.name} is closed: ${look.because}`;
  }
  return undefined;
};

const declined = async (batch: Batch, course: Course): Promise<string | undefined> => {
  const { ask } = course.options;
  if (ask === undefined || !course.asking) return undefined;
  const { play, number, of, hosts } = batch;
  const answer = await ask({ play: play.play.name, number, of, hosts, ended: endedReports(course.fleet) });
  if (answer === "rest") course.asking = false;
  return answer === "no" ? `batch ${number} was declined` : undefined;
};
