import type { Failure } from "../model/failure.ts";
import { anew, type Survey, surveyHost, type Target, type Walk } from "./survey.ts";

type Wait = {
  /** On the walk's clock; the last look begins then at the latest. */
  readonly until: number;
  readonly isEnough: (survey: Survey) => boolean;
};

/** What the last look gave, and how many there were. */
export type Looked = { readonly survey: Survey; readonly tries: number };

// Milliseconds. Servers hold a penalty of some seconds against each refused login: pauses are longer than that.
const firstPause = 1000;
const longestPause = 10_000;

// Milliseconds that the last look has, too: one that is cut off says nothing.
const shortestLook = 10_000;

/**
 * Reads a host again and again, each time over a new connection, until what it says is enough or the time is over. A host
 * that is down, that comes up or that is cut off refuses in many ways: all of that is waiting, but for another host key. A
 * stop of the run does not end it: the host was told something already.
 */
export const readUntil = async (target: Target, { until, isEnough }: Wait, walk: Walk): Promise<Looked> => {
  const { clock } = walk.effects;
  let pause = firstPause;
  for (let tries = 1; ; tries++) {
    const within = Math.max(until - clock.now(), shortestLook);
    const survey = await look(target, walk, within);
    const code = survey.kind === "failed" ? survey.failure.code : undefined;
    if (isEnough(survey) || isOtherKey(survey) || clock.now() >= until) return { survey, tries };
    if (code === "login_refused") pause = longestPause;
    await clock.sleep(Math.min(pause, until - clock.now()));
    pause = Math.min(longestPause, pause * 1.5);
  }
};

// This run has connected to the host before: a key that is unknown now is another one, too.
export const otherKeys: ReadonlySet<Failure["code"]> = new Set([
  "host_key_changed",
  "host_key_revoked",
  "host_key_unknown",
]);

/** Does it show another host key? Nobody logs in there, and waiting changes nothing. */
export const isOtherKey = (survey: Survey): survey is Extract<Survey, { kind: "failed" }> =>
  survey.kind === "failed" && otherKeys.has(survey.failure.code);

const look = (target: Target, walk: Walk, within: number): Promise<Survey> =>
  surveyHost(target, {
    ...anew(walk),
    deadlines: { ...walk.deadlines, gather: Math.min(walk.deadlines.gather, within) },
  });
