import type { Clock } from "../remote/port.ts";

/** Calls `expired` after `ms` milliseconds unless the returned function is called first. */
export const startDeadline = (clock: Clock, ms: number, expired: () => void): (() => void) => {
  const off = new AbortController();
  const over = (): void => {
    if (!off.signal.aborted) expired();
  };
  // A clock may end a wait that is called off either way, and a clock that fails is no reason to wait for ever.
  clock.sleep(ms, off.signal).then(over, over);
  return () => off.abort();
};
