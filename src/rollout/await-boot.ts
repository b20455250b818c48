import type { BootId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { type PlannedSurvey, surveyHost, type Target, type Walk } from "./survey.ts";

/** What one look at a host that reboots gave. */
type Look =
  | { readonly kind: "boot"; readonly boot: BootId; readonly survey: PlannedSurvey }
  /** It answers, and its boot cannot be told: `because` is host data. */
  | { readonly kind: "no_boot"; readonly because: string }
  | { readonly kind: "failed"; readonly failure: Failure };

export type Awaited =
  | { readonly kind: "found"; readonly boot: BootId; readonly survey: PlannedSurvey }
  /** It shows another host key: nobody logs in there, and waiting ends at once. */
  | { readonly kind: "other_key"; readonly failure: Failure }
  /** The time is over: how often it was looked for, and what the last look gave. */
  | { readonly kind: "over"; readonly tries: number; readonly last: Look };

type Wait = {
  /** On the walk's clock; the last look begins then at the latest. */
  readonly until: number;
  /** Is this the boot that is waited for? */
  readonly isIt: (boot: BootId) => boolean;
};

// Milliseconds. Servers hold a penalty of some seconds against each refused login: pauses are longer than that.
const firstPause = 1000;
const longestPause = 10_000;

// Milliseconds that the last look has, too: one that is cut off says nothing.
const shortestLook = 10_000;

/**
 * Looks again and again until the host answers in the boot that is waited for. A host that is down refuses connections or
 * does not answer, one that comes up refuses logins or programs for a while: all of that is waiting, but for another
 * host key. A stop of the run does not end it: the host was told to reboot already.
 */
export const awaitBoot = async (target: Target, { until, isIt }: Wait, walk: Walk): Promise<Awaited> => {
  const { clock } = walk.effects;
  let pause = firstPause;
  for (let tries = 1; ; tries++) {
    const left = until - clock.now();
    const last = await look(target, walk, Math.max(left, shortestLook));
    if (last.kind === "boot" && isIt(last.boot)) return { ...last, kind: "found" };
    if (last.kind === "failed" && otherKey.has(last.failure.code)) return { kind: "other_key", failure: last.failure };
    if (clock.now() >= until) return { kind: "over", tries, last };
    if (last.kind === "failed" && last.failure.code === "login_refused") pause = longestPause;
    await clock.sleep(Math.min(pause, until - clock.now()));
    pause = Math.min(longestPause, pause * 1.5);
  }
};

// This run has connected to the host before: a key that is unknown now is another one, too.
const otherKey: ReadonlySet<Failure["code"]> = new Set(["host_key_changed", "host_key_revoked", "host_key_unknown"]);

/** One try over a new connection that is closed after it: an old one says nothing about who answers now. */
const look = async (target: Target, walk: Walk, within: number): Promise<Look> => {
  const { sessions, deadlines } = walk;
  const survey = await surveyHost(target, {
    ...walk,
    deadlines: { ...deadlines, gather: Math.min(deadlines.gather, within) },
    sessions: {
      ...sessions,
      open: sessions.openOnce,
      release: (host, remote) => sessions.release(host, remote, false),
    },
  });
  if (survey.kind === "failed") return survey;
  const { boot } = survey;
  if (boot.kind === "read") return { kind: "boot", boot: boot.value, survey };
  return { kind: "no_boot", because: boot.kind === "absent" ? "no such file" : boot.because };
};
