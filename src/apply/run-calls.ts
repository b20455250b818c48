import type { CommandPhase } from "../model/action.ts";
import { sh } from "../remote/quote.ts";
import { orStop, type RunStep, save } from "./step.ts";

/** Manifest: `run STEP PHASE`. */
export const saveRun = ({ number, action }: RunStep): string => orStop(save(number, `run ${number} ${action.when}`));

/** The commands of one phase, in the order of the plan. The script does not go on after one that fails. */
export const runCommands = (steps: readonly RunStep[], phase: CommandPhase): readonly string[] =>
  steps.filter(({ action }) => action.when === phase).map(runCommand);

const runCommand = ({ number, action: { argv, within } }: RunStep): string => {
  const seconds = Math.max(1, Math.ceil(within / 1000));
  return orStop(sh(["run_command", String(number), String(seconds), ...argv]));
};
