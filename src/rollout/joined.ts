import type { Action } from "../model/action.ts";
import { actionData } from "../plan/action-data.ts";

// A journal keeps no texts of files: what was read back from one is the same still.
const keyOf = (action: Action): string => JSON.stringify(actionData(action, { texts: false }));

/** What was sent, each once: a run that goes on may send the same again. Of two that are the same the later one stands. */
export const joined = (earlier: readonly Action[], later: readonly Action[]): readonly Action[] => [
  ...new Map([...earlier, ...later].map((action) => [keyOf(action), action] as const)).values(),
];

/** What is left of `sent` where these are to be done anew: they were put back. No reboot is ever put back. */
export const without = (sent: readonly Action[], anew: readonly Action[]): readonly Action[] => {
  const keys = new Set(anew.map(keyOf));
  return sent.filter((action) => action.kind === "reboot" || !keys.has(keyOf(action)));
};
