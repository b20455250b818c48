import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "./port.ts";

/** The machine's monotonic clock. A wait that is called off ends at once, without an error. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};
