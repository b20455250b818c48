import type { CommandPhase } from "../model/action.ts";
import type { RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import { backAfterBoot, hasRules } from "./boot-back.ts";
import deadlinePart from "./deadline.sh";
import disarmPart from "./disarm.sh";
import { fileStates } from "./file-calls.ts";
import framePart from "./frame.sh";
import { backLive, isMax, weighLive } from "./live-back.ts";
import modulesPart from "./modules.sh";
import programPart from "./program.sh";
import putBackPart from "./put-back.sh";
import revertPart from "./revert.sh";
import revertCommandsPart from "./revert-commands.sh";
import revertFilesPart from "./revert-files.sh";
import revertRulesPart from "./revert-rules.sh";
import revertServicesPart from "./revert-services.sh";
import { backService, weighService } from "./service-back.ts";
import statesPart from "./states.sh";
import type { RunStep, Steps } from "./step.ts";
import tablesPart from "./tables.sh";

type Standing = { readonly run: RunId; readonly root: string; readonly steps: Steps };

/**
 * What a part of a run leaves on the host to be put back by: one script for `sh FILE MODE`, but for its first line, which
 * only the host knows (`part`, `hashsize`, `already`). What came last goes first.
 */
export const revertScript = ({ run, root, steps }: Standing): string => {
  const { files, live, services, commands } = steps;
  const those = (when: CommandPhase): readonly string[] =>
    commands.filter(({ action }) => action.when === when).map(undo);
  return [
    `run=${quote(run)} root=${quote(root)}`,
    ...parts(steps),
    `put_rest_back() {\n${lines([
      ...those("after_activation"),
      ...services.flatMap(weighService),
      ...live.filter(isMax).map(weighLive),
      ...services.toReversed().flatMap(backService),
      ...live.toReversed().map(backLive),
      ...those("after_files"),
    ])}\n}`,
    `put_files_back() {\n${lines(files.length === 0 ? [] : [seeFiles(files), ...files.map(backFile), "put_files"])}\n}`,
    `put_boot_back() {\n${lines(files.length === 0 ? [] : backAfterBoot(files))}\n}`,
    `put_first_back() {\n${lines(those("before_files"))}\n}`,
    'revert "$@"\nexit 0\n',
  ].join("\n");
};

const parts = ({ files, services, commands }: Steps): readonly string[] => [
  framePart,
  disarmPart,
  putBackPart,
  revertPart,
  ...(files.length > 0 ? [statesPart, revertFilesPart] : []),
  ...(services.length + commands.length > 0 || hasRules(files) ? [deadlinePart] : []),
  ...(services.length > 0 ? [modulesPart, revertServicesPart] : []),
  ...(hasRules(files) || services.some(({ action }) => action.kind === "restart_firewall")
    ? [tablesPart, revertRulesPart]
    : []),
  ...(commands.length > 0 ? [programPart, revertCommandsPart] : []),
];

const lines = (calls: readonly string[]): string => [...calls, ":"].join("\n");

const seeFiles = (files: Steps["files"]): string => sh(["see_files", ...files.map(({ action }) => action.path)]);

const backFile = (step: Steps["files"][number]): string => {
  const { from, to } = fileStates(step.action);
  return sh(["back_file", String(step.number), step.action.path, from, to]);
};

const undo = ({ number, action }: RunStep): string => {
  const seconds = String(Math.ceil(action.within / 1000));
  return sh(["undo", String(number), action.argv.join(" "), seconds, ...(action.undo ?? [])]);
};
