import type { Action } from "../model/action.ts";
import { isNonEmpty, type NonEmpty, type RunId } from "../model/brand.ts";
import { quote } from "../remote/quote.ts";
import backupPart from "./backup.sh";
import checkPart from "./check.sh";
import deadlinePart from "./deadline.sh";
import { checkFile, putFile, saveFile, stageFiles, surveyFiles } from "./file-calls.ts";
import filesPart from "./files.sh";
import firewallPart from "./firewall.sh";
import framePart from "./frame.sh";
import leavePart from "./leave.sh";
import livePart from "./live.sh";
import { checkLive, liveWord, saveLive, setLive, surveyLive, tellLive } from "./live-calls.ts";
import modulesPart from "./modules.sh";
import rulesPart from "./rules.sh";
import rulesServicesPart from "./rules-services.sh";
import rulesUfwPart from "./rules-ufw.sh";
import { changeService, checkService, saveService } from "./service-calls.ts";
import { orStop, type Steps, sortSteps } from "./step.ts";
import { thenValues } from "./then-calls.ts";
import trialPart from "./trial.sh";
import { armTrial, checkEnd, checkTrial, endTrial, saveEnd } from "./trial-calls.ts";

type ApplyRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  readonly run: RunId;
  /** Prefix of every path, /proc, /sys and /var/lib/ctfleet too; empty for a real host. */
  readonly root: string;
  /** In the planner's order. At most one action for a path, and no reboot: that is `buildReboot`'s. */
  readonly actions: NonEmpty<Action>;
  /** A trial: the live values go back by themselves after so many seconds. Then there is nothing but live values. */
  readonly trial?: number | undefined;
};

/**
 * One POSIX script for `/bin/sh -s` that takes a host through `actions`; `parseApply` reads what it prints. It checks
 * every action before its first change, and nothing runs until the last line has arrived: a script that was cut off
 * on its way does nothing. Throws on requests that no caller may make (bad nonce or run, two actions for one path, NUL).
 */
export const buildApply = (request: ApplyRequest): string => {
  assertSound(request);
  const steps = sortSteps(request.actions);
  const { nonce, run, root } = request;
  return [
    `nonce=${quote(nonce)} run=${quote(run)} root=${quote(root)}`,
    ...parts(request, steps),
    // Modules and services stop at the first that fails; what is noted after them is noted all the same.
    `change_services() {\n${[...steps.services.flatMap(changeService), ...steps.trials.map(endTrial), ":"].join("\n")}\n}`,
    // Children must not read the rest of the script, and a shell must not read on after its end.
    `apply() {\n${calls(request, steps).join("\n")}\n}`,
    "{ apply </dev/null; frame end ''; exit 0; }\n",
  ].join("\n");
};

const calls = ({ trial, run, root }: ApplyRequest, steps: Steps): readonly string[] => {
  const { files, live, services, trials } = steps;
  const words = live.map(liveWord);
  const later = services.flatMap(({ action }) => ("then" in action ? thenValues(action.then) : []));
  const timed = trial !== undefined && isNonEmpty(live) ? { seconds: trial, run, root, live } : undefined;
  return [
    surveyFiles(files),
    "find_hashsize",
    surveyLive([...words, ...later.map(({ word }) => word)]),
    ...files.map(checkFile),
    ...live.map(checkLive),
    ...services.map(checkService),
    ...trials.map(checkEnd),
    ...(timed === undefined ? [] : [checkTrial(timed.live)]),
    orStop("is_fit"),
    ...files.map((step) => orStop(saveFile(step))),
    ...live.map((step) => orStop(saveLive(step))),
    ...services.flatMap(saveService),
    ...trials.map((step) => orStop(saveEnd(step))),
    orStop("close_backup"),
    ...stageFiles(files),
    orStop("verify"),
    orStop("flush_written"),
    ...files.map((step) => orStop(putFile(step))),
    orStop("finish_files"),
    ...(timed === undefined ? [] : [armTrial(timed)]),
    ...live.map(setLive),
    surveyLive(words),
    ...live.map(tellLive),
    "change_services",
    "note_change",
    "prune_runs",
  ];
};

/** Only the parts that are called: most scripts change files and values alone. */
const parts = ({ trial }: ApplyRequest, { services, trials }: Steps): readonly string[] => {
  const restarts = services.some(({ action }) => action.kind === "restart_firewall");
  return [
    framePart,
    checkPart,
    backupPart,
    filesPart,
    livePart,
    ...(services.length > 0 ? [deadlinePart, modulesPart] : []),
    ...(restarts ? [firewallPart, rulesPart, rulesUfwPart, rulesServicesPart] : []),
    ...(trial !== undefined || trials.length > 0 ? [leavePart, trialPart] : []),
  ];
};

const assertSound = ({ nonce, run, root, actions, trial }: ApplyRequest): void => {
  const paths = actions.flatMap((action) => ("path" in action ? [action.path] : []));
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw new Error("a nonce is 32 hex digits");
  if (!/^\d{8}T\d{6}Z-[0-9a-f]+$/.test(run)) throw new Error(`not a run's id: ${run}`);
  if (/[\n\r]|\/$/.test(root)) throw new Error("a root is a path on one line without a slash at its end");
  if (new Set(paths).size < paths.length) throw new Error("two actions for one path");
  if (trial !== undefined && actions.some(({ kind }) => kind !== "set" && kind !== "set_hashsize"))
    throw new Error("a trial sets live values and nothing else");
};
