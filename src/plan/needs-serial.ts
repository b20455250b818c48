import type { Play } from "../model/play.ts";
import type { Problem } from "../model/problem.ts";
import { waysOf } from "../playbook/activate.ts";

/** A reload or a reboot of several hosts at once is not to happen by accident: the play says `serial`, or the caller means it. */
export const needsSerial = (play: Play, hosts: number, allAtOnce: boolean): Problem | undefined => {
  if (hosts <= 1 || allAtOnce || play.serial.length > 0) return undefined;
  for (const task of play.tasks) {
    const way = task.kind === "activate" ? waysOf(task).find((one) => one !== "live") : undefined;
    if (way === undefined) continue;
    const message = `this may ${way} all ${hosts} hosts at once: give the play serial, as in serial: [1, "10%"], or run with --all-at-once`;
    return { at: task.at, path: "activate", message };
  }
  return undefined;
};
