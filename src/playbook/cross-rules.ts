import { durationText } from "../model/duration.ts";
import { type Task, usualConfirmWithin } from "../model/play.ts";
import { pathText } from "../source/tree.ts";
import { waysOf } from "./activate.ts";
import type { Spot } from "./spot.ts";

/**
 * What no task can see alone: a file has one writer and a host one way of activation. Two may stand in a play where each
 * has a `when` that can keep them apart.
 */
const checkTogether = (spot: Spot, tasks: readonly Task[]): void => {
  const first = new Map<string, Task>();
  for (const task of tasks) {
    const subject = subjectOf(task);
    if (subject === undefined) continue;
    const other = first.get(subject);
    if (other === undefined) first.set(subject, task);
    else if (other.when.length === 0 || task.when.length === 0)
      spot.problems.push({
        at: task.at,
        path: pathText(spot.path),
        message: `${subject} is already the subject of the task at line ${other.at.line}; give both a when that keeps them apart`,
      });
  }
};

/** A reboot ends a run's work on a host: nothing is left to run a command afterwards. */
const checkCommands = (spot: Spot, tasks: readonly Task[]): void => {
  const reboots = tasks.find((task) => task.kind === "activate" && waysOf(task).includes("reboot"));
  if (reboots === undefined) return;
  for (const task of tasks)
    if (task.kind === "command" && task.phase === "after_activation")
      spot.problems.push({
        at: task.at,
        path: pathText(spot.path),
        message: `a command cannot run after a reboot, and activate at line ${reboots.at.line} may reboot: put it before that`,
      });
};

/** How long a change waits for its confirmation is one thing for all of a play, whichever activate holds on a host. */
const checkConfirmation = (spot: Spot, tasks: readonly Task[]): void => {
  const [first, ...others] = tasks.flatMap((task) => (task.kind === "activate" ? [task] : []));
  for (const task of others)
    if (task.confirmWithin !== first?.confirmWithin)
      spot.problems.push({
        at: task.at,
        path: pathText(spot.path),
        message: `another confirm_within than at line ${first?.at.line ?? 0} (${usual} where it is not given): give both the same`,
      });
};

/** What nothing keeps ready to be put back cannot be. */
const checkOtherwise = (spot: Spot, tasks: readonly Task[]): void => {
  const isOff = tasks.some((task) => task.kind === "activate" && task.confirmWithin === undefined);
  for (const task of tasks)
    if (isOff && task.kind === "verify" && task.otherwise === "revert")
      spot.problems.push({
        at: task.at,
        path: pathText(spot.path),
        message: "otherwise: revert needs confirm_within: with off no host keeps what puts a change back",
      });
};

const usual = durationText(usualConfirmWithin / 1000);

const subjectOf = (task: Task): string | undefined => {
  switch (task.kind) {
    case "template":
      return task.dest;
    case "settings":
    case "absent":
      return task.path;
    case "module":
      return `the module ${task.module}`;
    case "activate":
      return "activate";
    case "conntrack":
      return task.size === undefined ? undefined : "the size of the table";
    case "command":
    case "verify":
      return undefined;
  }
};

/** Every rule between the tasks of a play. */
export const crossRules = [checkTogether, checkCommands, checkConfirmation, checkOtherwise] as const;
