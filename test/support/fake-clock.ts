import type { Clock } from "../../src/remote/port.ts";

/** A clock that stands still until it is told to go on; waits that are called off end at once. */
export type FakeClock = Clock & {
  /** Goes from wait to wait until nobody waits, or until `ms` are over. */
  readonly pass: (ms?: number) => Promise<void>;
};

type Sleeper = { readonly until: number; readonly wake: () => void };

export const fakeClock = (): FakeClock => {
  let now = 0;
  const sleepers = new Set<Sleeper>();
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const sleeper: Sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake, { once: true });
      }),
    pass: async (ms = Number.POSITIVE_INFINITY) => {
      const end = now + ms;
      for (;;) {
        await settled();
        const next = [...sleepers].toSorted((a, b) => a.until - b.until)[0];
        if (next === undefined || next.until > end) break;
        now = Math.max(now, next.until);
        next.wake();
      }
      if (end < Number.POSITIVE_INFINITY) now = end;
    },
  };
};

/** Milliseconds that pass only where somebody waits: a clock for one host, which needs nobody to move it on. */
export const steppingClock = (): Clock & { readonly pass: (ms: number) => void } => {
  let now = 0;
  const pass = (ms: number): void => {
    now += ms;
  };
  return {
    now: () => now,
    pass,
    sleep: (ms, signal) => {
      if (signal?.aborted !== true) pass(ms);
      return Promise.resolve();
    },
  };
};
