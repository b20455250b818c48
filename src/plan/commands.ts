import type { Action, CommandPhase } from "../model/action.ts";
import { argvKey, type Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import { absent, type Reading } from "../model/reading.ts";
import type { CompiledTask } from "./compile.ts";

/** Commands to run, each in its phase; those of which it is not known whether they are needed are never run. */
export type CommandsPlan = {
  readonly in: (phase: CommandPhase) => readonly Action[];
  readonly failures: readonly Failure[];
  readonly unproven: readonly string[];
};

/** What `unless` answered decides: 0, and there is nothing to do. A trial, which is of live values, runs none. */
export const planCommands = (tasks: readonly CompiledTask[], host: Host, facts: Facts): CommandsPlan => {
  const actions: Extract<Action, { kind: "run" }>[] = [];
  const failures: Failure[] = [];
  const unproven: string[] = [];
  for (const { task } of tasks) {
    if (task.kind !== "command") continue;
    const { name, argv, undo, within, phase } = task;
    const needed = isNeeded(facts.commands.get(argvKey(task.unless)) ?? absent);
    // A folder has no programs of its own: it would run on the machine that the folder is on.
    if (host.connection.root !== "" && !host.connection.lab)
      failures.push({
        code: "target_refused",
        detail: `${name}: a folder runs no commands (ctfleet_root)`,
        sent: false,
      });
    else if (typeof needed === "string") unproven.push(`${name}: whether it is needed is not known: ${needed}`);
    else if (needed) actions.push({ kind: "run", task: name, argv, undo, within, when: phase });
  }
  return { in: (phase) => actions.filter((one) => one.when === phase), failures, unproven };
};

/** Or why that is not known. */
const isNeeded = (answer: Reading<number>): boolean | string => {
  if (answer.kind === "read") return answer.value !== 0;
  return answer.kind === "absent" ? "unless was not asked" : answer.because;
};
