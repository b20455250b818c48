import type { CommandPhase } from "../model/action.ts";
import type { Task } from "../model/play.ts";

const writesFile = ({ kind }: Task): boolean => kind === "template" || kind === "settings" || kind === "absent";

/**
 * Commands with their phase, by where they stand: behind an `activate` they run after it; before the first task that
 * writes a file they run before any; else between files and activation.
 */
export const withPhases = (tasks: readonly Task[]): readonly Task[] =>
  tasks.map((task, at) => (task.kind === "command" ? { ...task, phase: phaseAt(tasks, at) } : task));

const phaseAt = (tasks: readonly Task[], at: number): CommandPhase => {
  const earlier = tasks.slice(0, at);
  if (earlier.some(({ kind }) => kind === "activate")) return "after_activation";
  return !earlier.some(writesFile) && tasks.slice(at).some(writesFile) ? "before_files" : "after_files";
};
