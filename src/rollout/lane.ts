import { bucket } from "./bucket.ts";
import type { Limits } from "./pacing.ts";

/** How a try ended, as far as the servers on the way go: it let us in, it turned us away, or nothing can be told. */
export type Ended = "welcome" | "refused" | "other";

/** One try that is under way: the number of slow-downs that it was started after. */
export type Ticket = { readonly cuts: number };

/** What one place lets through. Times are milliseconds of the caller's clock. */
export type Lane = {
  /** 0: one may start now; Infinity: not before another one ends. */
  readonly openIn: (now: number) => number;
  readonly enter: (now: number) => Ticket;
  readonly leave: (ticket: Ticket, ended: Ended, now: number) => void;
  /** Since when it has turned everybody away. */
  readonly refusedSince: () => number | undefined;
};

type Options = {
  readonly limits: Limits;
  /** One server: it may be left alone for a while. Over all, unlike servers: only those that also let us in are a reason to slow down. */
  readonly place: "entry" | "overall";
  readonly random: () => number;
  /** Milliseconds after which a server that turns everybody away is no longer spared: those who come then are tried once. */
  readonly patience: number;
};

// More than this share of the last tries, the newest counting a tenth: a sick host among many is no reason to slow down.
const tooMany = 0.25;
const newest = 0.1;

// A server that turns away one after the other may hold a penalty against us: it is left alone for longer each time.
const fewInARow = 3;
const firstRest = 250;
const longestRest = 4000;

/**
 * Additive increase, multiplicative decrease of the logins under way (as TCP has it), over a bucket of starts. A try that
 * began before a slow-down says nothing about the new pace.
 */
export const lane = ({ limits, place, random, patience }: Options): Lane => {
  const { atOnce } = limits;
  const starts = bucket(limits);
  let window = atOnce.first;
  let underway = 0;
  let cuts = 0;
  let share = 0;
  let inARow = 0;
  let welcomedSinceCut = false;
  let refusedSince: number | undefined;
  let restUntil = 0;

  const welcomed = (): void => {
    welcomedSinceCut = true;
    refusedSince = undefined;
    inARow = 0;
    grow();
  };
  const grow = (): void => {
    // A pace that nobody uses is no proof that more would do.
    if (underway * 2 < Math.floor(window)) return;
    const step = cuts === 0 ? 1 : 2 / window;
    window = Math.min(atOnce.most, window + step);
  };
  const refused = ({ cuts: before }: Ticket, now: number): void => {
    refusedSince ??= now;
    if (before !== cuts) return;
    inARow += 1;
    rest(now);
    slowDown();
  };
  const rest = (now: number): void => {
    if (place === "entry" && inARow >= fewInARow && now - (refusedSince ?? now) <= patience)
      restUntil = now + Math.min(longestRest, firstRest * 2 ** (inARow - fewInARow)) * (0.5 + random());
  };
  const slowDown = (): void => {
    if (share <= tooMany || (place === "overall" && !welcomedSinceCut)) return;
    window = Math.max(atOnce.least, Math.min(window, underway) / 2);
    cuts += 1;
    share = 0;
    welcomedSinceCut = false;
  };

  return {
    openIn: (now) => {
      if (underway >= Math.floor(window)) return Number.POSITIVE_INFINITY;
      return Math.max(starts.openIn(now), restUntil - now);
    },
    enter: (now) => {
      starts.take(now);
      underway += 1;
      return { cuts };
    },
    leave: (ticket, ended, now) => {
      if (ended !== "other") {
        share = share * (1 - newest) + (ended === "refused" ? newest : 0);
        if (ended === "welcome") welcomed();
        else refused(ticket, now);
      }
      underway -= 1;
    },
    refusedSince: () => refusedSince,
  };
};
