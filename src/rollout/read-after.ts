import type { Action } from "../model/action.ts";
import type { RunId } from "../model/brand.ts";
import type { Sent } from "./apply-host.ts";
import type { Change } from "./change.ts";
import { isTouched, revertedBy } from "./own-work.ts";
import { readUntil } from "./read-again.ts";
import { type Survey, surveyHost, type Target, type Walk } from "./survey.ts";

type After = {
  readonly run: RunId;
  readonly walk: Walk;
  readonly change: Pick<Change, "actions" | "confirm">;
  readonly sent: Exclude<Sent, { kind: "untouched" }>;
  /** Does this reading show the goal? */
  readonly isThere: (after: Survey) => boolean;
};

/** What a host says of itself after something was sent: that, and not how the sending went, is what became of it. */
export const readAfter = (target: Target, after: After): Promise<Survey> => {
  if (after.change.confirm !== undefined) return readWaiting(target, after.change.confirm.seconds, after);
  return after.sent.kind === "lost" ? readPatiently(target, after) : surveyHost(target, after.walk);
};

// Milliseconds that a host has beyond its time, to have put a change back for sure.
export const margin = 60_000;

// Milliseconds in which a script that has reached a host leaves a trace there.
const toBegin = 30_000;

/**
 * A host that waits for its confirmation is read over new connections until it is there, or has surely put itself right. Of a
 * lost contact it is to show the goal or that it put the change back: a script that is still at work may do either.
 */
const readWaiting = async (target: Target, seconds: number, { run, walk, sent, isThere }: After): Promise<Survey> => {
  const { clock } = walk.effects;
  const began = clock.now();
  const isLost = sent.kind === "lost";
  const left = seconds * 1000 + margin + (isLost ? walk.deadlines.apply : 0);
  if (isLost) walk.onProgress({ kind: "waiting", host: target.host.name, because: sent.failure, left });
  const isEnough = (survey: Survey): boolean => {
    if (survey.kind === "failed") return false;
    if (!isLost || isThere(survey) || revertedBy(survey, run) !== undefined) return true;
    return !isTouched(survey, run) && clock.now() - began >= toBegin;
  };
  return (await readUntil(target, { until: began + left, isEnough }, walk)).survey;
};

// Milliseconds. A script that lost us goes on; most are done in a fraction of this.
const timeToFinish = 2000;

// A reload takes its time, and it may be what cut the connection.
const timeToReload = [timeToFinish, 5000, 10_000, 20_000, 30_000];

const readPatiently = async (target: Target, { walk, change, isThere }: After): Promise<Survey> => {
  let after: Survey | undefined;
  for (const pause of change.actions.some(cutsConnections) ? timeToReload : [timeToFinish]) {
    await walk.effects.clock.sleep(pause);
    after = await surveyHost(target, walk);
    if (isThere(after)) return after;
  }
  if (after === undefined) throw new Error("there is always one pause");
  return after;
};

const cutsConnections = ({ kind }: Action): boolean =>
  kind === "reload_modules" || kind === "unload_modules" || kind === "restart_firewall" || kind === "run";
