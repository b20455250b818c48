import type { Task } from "../model/play.ts";
import { pathText } from "../source/tree.ts";
import type { Spot } from "./spot.ts";

/**
 * What no task can see alone: a file has one writer and a host one way of activation. Two may stand in a play where each
 * has a `when` that can keep them apart.
 */
export const checkTogether = (spot: Spot, tasks: readonly Task[]): void => {
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
    case "verify":
      return undefined;
  }
};
