import type { Failure } from "../model/failure.ts";
import { otherKeys } from "./read-again.ts";
import { sendScript } from "./send-script.ts";
import { goingOn, type Target, type Walk } from "./survey.ts";

type Garbled = { readonly kind: "garbled"; readonly because: string };

/** A script that may be sent twice: the host knows what it has done before. */
type Repeatable<T> = {
  readonly build: (nonce: string) => string;
  readonly parse: (stdout: Uint8Array, nonce: string) => T | Garbled;
  /** On the walk's clock; the last try begins then at the latest. */
  readonly until: number;
};

/** The last failure; `sent` where any of the tries may have reached the host. */
export type Unanswered = { readonly kind: "lost"; readonly failure: Failure };

// Milliseconds.
const firstPause = 1000;
const longestPause = 10_000;

/** Sends a script until its answer is understood or the time is over; a stop of the run does not end it. */
export const sendUntil = async <T extends { readonly kind: string }>(
  target: Pick<Target, "host" | "become">,
  script: Repeatable<T>,
  walk: Walk,
): Promise<T | Unanswered> => {
  const { clock } = walk.effects;
  const { until } = script;
  let sent = false;
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 1.5)) {
    const once = await sendOnce(target, script, walk);
    if (once.kind === "answered") return once.answer;
    const { failure } = once;
    sent ||= failure.sent;
    if (clock.now() >= until || otherKeys.has(failure.code)) return { kind: "lost", failure: { ...failure, sent } };
    await clock.sleep(Math.min(pause, until - clock.now()));
  }
};

type Once<T> = { readonly kind: "answered"; readonly answer: T } | Unanswered;

const sendOnce = async <T extends { readonly kind: string }>(
  target: Pick<Target, "host" | "become">,
  { build, parse }: Repeatable<T>,
  walk: Walk,
): Promise<Once<T>> => {
  const nonce = walk.effects.nonce();
  const ran = await sendScript(target, { script: build(nonce), nonce, keep: true }, goingOn(walk));
  if (ran.kind === "failed") return { kind: "lost", failure: ran.failure };
  const answer = parse(ran.stdout, nonce);
  return isGarbled(answer)
    ? { kind: "lost", failure: { code: "output_garbled", detail: answer.because, sent: true } }
    : { kind: "answered", answer };
};

const isGarbled = (answer: { readonly kind: string }): answer is Garbled => answer.kind === "garbled";
