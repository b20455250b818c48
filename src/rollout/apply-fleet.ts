import type { HostName } from "../model/brand.ts";
import type { HostReport } from "../model/outcome.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { type ApplyOptions, isUnderWay, isUnderWayIn, type Resumed } from "./apply-options.ts";
import { batches } from "./batches.ts";
import { beforeBatch, hasWork } from "./before-batch.ts";
import { type Batch, type Course, whyOver } from "./course.ts";
import { reportOf, startFleet } from "./fleet.ts";
import { inOrder } from "./order.ts";
import { leaveAlone, runHosts } from "./run-batch.ts";
import { marksOf } from "./spread.ts";
import type { Survey, Target } from "./survey.ts";
import { tallyOf, whyStop } from "./tally.ts";
import { watchJournal } from "./watch-journal.ts";

/**
 * Walks the plays in order, each in batches. Before a batch come its window, pause, gates and a person's yes; what goes over
 * a budget, or any of these, stops everything after it. Every target is in the result once, in the order of the targets.
 */
export const applyFleet = (
  plays: readonly CompiledPlay[],
  targets: readonly Target[],
  surveys: ReadonlyMap<HostName, Survey>,
  options: ApplyOptions,
): Promise<readonly HostReport[]> =>
  // The surveys are not held on to: a host that has ended is small.
  walkPlays(plays, {
    fleet: startFleet(targets, surveys, options.resumed),
    options: { ...options, journal: watchJournal(options.journal) },
    failed: 0,
    walked: [...options.resumed.values()].some(hadTurn),
    asking: true,
  });

/** Hosts of a saved plan that are stale have ended, and nothing was walked for them. */
const hadTurn = (host: Resumed): boolean =>
  host.kind === "ended" ? host.report.outcome.kind !== "not_attempted" : isUnderWay(host);

const walkPlays = async (plays: readonly CompiledPlay[], course: Course): Promise<readonly HostReport[]> => {
  let stopped: string | undefined;
  for (const [playNumber, play] of plays.entries()) {
    for (const batch of batchesOf(play, playNumber, course)) {
      if (stopped === undefined) {
        stopped = await walkBatch(batch, course);
        if (stopped !== undefined) await tellStop(stopped, course);
      } else leaveAlone(batch.hosts, stopped, { batch, course });
    }
  }
  return [...course.fleet.values()].map(reportOf);
};

/** The batches of a play: the same each time, so that a run that goes on cuts them as it did before. */
const batchesOf = (play: CompiledPlay, playNumber: number, { fleet, options }: Course): readonly Batch[] => {
  const { order, serial } = play.play;
  const hosts = [...fleet.values()].flatMap(({ target }) => (target.plays.includes(play) ? [target.host] : []));
  if (order === "shuffle") options.walk.onProgress({ kind: "shuffled", play: play.play.name, seed: options.seed });
  const marks = new Map(hosts.map((host) => [host, marksOf(play, host)] as const));
  const ordered = inOrder(hosts, { order, seed: options.seed, nameOf: ({ name }) => name });
  const cut = batches(ordered, serial, (host) => marks.get(host) ?? []);
  return cut.map((batch, at) => ({
    ...{ play, playNumber, number: at + 1, of: cut.length },
    hosts: batch.map(({ name }) => name),
  }));
};

/** Walks one batch; the reason to stop, where there is one. */
const walkBatch = async (batch: Batch, course: Course): Promise<string | undefined> => {
  const running = { batch, course, tally: tallyOf(batch, course) };
  const hasBegun = (name: HostName) => isUnderWayIn(course.options.resumed.get(name), batch);
  const begun = batch.hosts.filter(hasBegun);
  const others = batch.hosts.filter((name) => !hasBegun(name));
  if (begun.length > 0) {
    await announce(batch, course);
    await runHosts(begun, running, () => whyOver(course));
  }
  const whyNot = () => whyStop("inside", batch, running.tally, course);
  const closed = whyNot() ?? (hasWork(batch, course) ? await beforeBatch(batch, course) : undefined);
  if (closed !== undefined) {
    leaveAlone(others, closed, running);
    return closed;
  }
  if (begun.length === 0) await announce(batch, course);
  await runHosts(others, running, whyNot);
  const because = whyStop("after", batch, running.tally, course);
  course.failed += running.tally.unseen + running.tally.failed;
  course.walked = true;
  return because;
};

const announce = async (
  { play, playNumber, number, of, hosts }: Batch,
  { options: { walk, journal } }: Course,
): Promise<void> => {
  walk.onProgress({ kind: "batch", play: play.play.name, number, of, hosts: hosts.length });
  await journal.write({ kind: "batch", play: playNumber, number, of, hosts });
};

const tellStop = async (because: string, { options: { walk, journal } }: Course): Promise<void> => {
  walk.onProgress({ kind: "stopped", because });
  await journal.write({ kind: "stopped", because });
};
