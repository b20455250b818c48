import type { Clock } from "../remote/port.ts";
import { type Ended, type Lane, lane } from "./lane.ts";
import type { Pacing } from "./pacing.ts";

/** A try that may start now. `end` is to be called once, when it is over. */
export type Turn = { readonly end: (how: Ended) => void };

export type Pacer = {
  /** A turn, where there is one at once. */
  readonly now: (entry: string) => Turn | undefined;
  /** Waits for a turn; undefined: the run was stopped. Hosts that were turned away before come first. */
  readonly wait: (entry: string, again: boolean) => Promise<Turn | undefined>;
  /** Waits between two tries of a host; a stop ends it at once. */
  readonly pause: (ms: number) => Promise<void>;
  /** Since when an entry has turned everybody away. */
  readonly refusedSince: (entry: string) => number | undefined;
};

type Waiting = (turn: Turn | undefined) => void;

type Options = {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly pacing: Pacing;
  /** Aborted: every wait ends at once. */
  readonly stop: AbortSignal;
};

/** Hands out turns to connect: so many a second and so many at once, over all and through each entry. */
export const pacer = ({ clock, random, pacing, stop }: Options): Pacer => {
  const patience = pacing.budget.within;
  const overall = lane({ limits: pacing.overall, place: "overall", random, patience });
  const entries = new Map<string, Lane>();
  const queues = new Map<string, Waiting[]>();
  const pauses = new Set<AbortController>();
  let alarm = new AbortController();

  const entryOf = (key: string): Lane => {
    const found = entries.get(key) ?? lane({ limits: pacing.entry, place: "entry", random, patience });
    entries.set(key, found);
    return found;
  };
  const openIn = (entry: Lane): number => Math.max(overall.openIn(clock.now()), entry.openIn(clock.now()));
  const start = (entry: Lane): Turn => {
    const now = clock.now();
    const tickets = [overall, entry].map((place) => ({ place, ticket: place.enter(now) }));
    return {
      end: (how) => {
        for (const { place, ticket } of tickets) place.leave(ticket, how, clock.now());
        serve();
      },
    };
  };
  /** Gives a turn to everybody who may have one, and comes back when the next may. */
  const serve = (): void => {
    alarm.abort();
    let soonest = Number.POSITIVE_INFINITY;
    for (const [key, queue] of queues) {
      const entry = entryOf(key);
      while (queue.length > 0 && openIn(entry) === 0) queue.shift()?.(start(entry));
      if (queue.length === 0) queues.delete(key);
      else soonest = Math.min(soonest, openIn(entry));
      const all = overall.openIn(clock.now());
      if (all === 0) continue;
      soonest = Math.min(soonest, all);
      break;
    }
    if (soonest < Number.POSITIVE_INFINITY && !stop.aborted) comeBack(soonest);
  };
  const comeBack = (ms: number): void => {
    const own = new AbortController();
    alarm = own;
    void clock.sleep(Math.max(1, ms), own.signal).then(() => {
      if (!own.signal.aborted) serve();
    });
  };
  stop.addEventListener(
    "abort",
    () => {
      alarm.abort();
      for (const pause of pauses) pause.abort();
      for (const waiting of [...queues.values()].flat()) waiting(undefined);
      queues.clear();
    },
    { once: true },
  );

  return {
    // Nobody overtakes those who wait for the same entry.
    now: (key) => (stop.aborted || queues.has(key) || openIn(entryOf(key)) > 0 ? undefined : start(entryOf(key))),
    wait: (key, again) =>
      new Promise((resolve) => {
        if (stop.aborted) {
          resolve(undefined);
          return;
        }
        const queue = queues.get(key) ?? [];
        queues.set(key, queue);
        if (again) queue.unshift(resolve);
        else queue.push(resolve);
        serve();
      }),
    pause: async (ms) => {
      if (stop.aborted) return;
      // One listener on the run's signal, however many hosts wait.
      const own = new AbortController();
      pauses.add(own);
      await clock.sleep(ms, own.signal);
      pauses.delete(own);
    },
    refusedSince: (key) => entryOf(key).refusedSince(),
  };
};
