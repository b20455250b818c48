import { kill } from "node:process";
import { codeOf } from "./read-text.ts";

/** Signals a program that was started as a group of its own (`detached`), and all that it started. */
export const signalGroup = (pid: number | undefined, signal: "SIGTERM" | "SIGKILL"): void => {
  if (pid === undefined) return;
  try {
    kill(-pid, signal);
  } catch (error) {
    // none of the group is left
    if (codeOf(error) !== "ESRCH") throw error;
  }
};
