import type { Action } from "../model/action.ts";
import { isNonEmpty, type NonEmpty, type RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import armPart from "./arm.sh";
import { armRevert, type ConfirmRequest } from "./arm-calls.ts";
import { assertRun } from "./assert-request.ts";
import backupPart from "./backup.sh";
import { hasRules, keepForBoot } from "./boot-back.ts";
import bootEntriesPart from "./boot-entries.sh";
import checkPart from "./check.sh";
import deadlinePart from "./deadline.sh";
import disarmPart from "./disarm.sh";
import { checkFile, putFile, saveFile, stageFiles, surveyFiles } from "./file-calls.ts";
import filesPart from "./files.sh";
import firewallPart from "./firewall.sh";
import framePart from "./frame.sh";
import leavePart from "./leave.sh";
import livePart from "./live.sh";
import { checkLive, liveWord, saveLive, setLive, surveyLive, tellLive } from "./live-calls.ts";
import lockPart from "./lock.sh";
import { keepLock, takeLock } from "./lock-calls.ts";
import modulesPart from "./modules.sh";
import programPart from "./program.sh";
import { revertScript } from "./revert-script.ts";
import rulesPart from "./rules.sh";
import rulesServicesPart from "./rules-services.sh";
import rulesUfwPart from "./rules-ufw.sh";
import runPart from "./run.sh";
import { runCommands, saveRun } from "./run-calls.ts";
import { changeService, checkService, saveService } from "./service-calls.ts";
import statesPart from "./states.sh";
import { orStop, type Steps, sortSteps } from "./step.ts";
import tablesPart from "./tables.sh";
import { thenValues } from "./then-calls.ts";
import timerPart from "./timer.sh";
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
  /** Who holds the host while this run works on it: printable text on one line. */
  readonly owner: string;
  /**
   * Before the first risky change the host gets what puts it all back by itself, and the lock stays until it is confirmed or put
   * back. Undefined: nothing waits; the lock goes with the script, unless `holds`.
   */
  readonly confirm?: ConfirmRequest | undefined;
  /** The lock stays for so many seconds, or until the next boot: a reboot follows. */
  readonly holds?: number | undefined;
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
    `change_services() {\n${changes(steps).join("\n")}\n}`,
    // Children must not read the rest of the script, and a shell must not read on after its end.
    `apply() {\n${calls(request, steps).join("\n")}\n}`,
    // What went wrong half way is put back in the same time.
    `{ apply </dev/null; ${request.confirm === undefined ? "" : "restamp </dev/null; "}end_lock </dev/null; frame end ''; exit 0; }\n`,
  ].join("\n");
};

const changes = ({ services, trials, commands }: Steps): readonly string[] => [
  ...services.flatMap(changeService),
  ...trials.map(endTrial),
  ...runCommands(commands, "after_activation"),
  ":",
];

const calls = ({ trial, run, root, ...request }: ApplyRequest, steps: Steps): readonly string[] => {
  const { files, live, services, trials, commands } = steps;
  const words = live.map(liveWord);
  const later = services.flatMap(({ action }) => ("then" in action ? thenValues(action.then) : []));
  const timed = trial !== undefined && isNonEmpty(live) ? { seconds: trial, run, root, live } : undefined;
  return [
    takeLock(request),
    surveyFiles(files),
    "find_hashsize",
    surveyLive([...words, ...later.map(({ word }) => word)]),
    ...files.map(checkFile),
    ...live.map(checkLive),
    ...services.map(checkService),
    ...trials.map(checkEnd),
    ...(timed === undefined ? [] : [checkTrial(timed.live)]),
    orStop("is_fit"),
    orStop("needs_lock"),
    ...files.map((step) => orStop(saveFile(step))),
    ...live.map((step) => orStop(saveLive(step))),
    ...services.flatMap(saveService),
    ...trials.map((step) => orStop(saveEnd(step))),
    ...commands.map(saveRun),
    ...(request.confirm?.afterReboot === undefined ? [] : keepForBoot(files)),
    orStop(sh(["close_backup", revertScript({ run, root, steps })])),
    ...stageFiles(files),
    orStop("verify"),
    orStop("flush_written"),
    ...(request.confirm === undefined ? [] : [armRevert(request.actions, request.confirm)]),
    "forget_reverted",
    ...runCommands(commands, "before_files"),
    ...files.map((step) => orStop(putFile(step))),
    orStop("finish_files"),
    ...runCommands(commands, "after_files"),
    ...(timed === undefined ? [] : [armTrial(timed)]),
    ...live.map(setLive),
    surveyLive(words),
    ...live.map(tellLive),
    "change_services",
    "note_change",
    ...(request.confirm === undefined ? [] : ["restamp"]),
    "prune_runs",
    ...keepLock(request),
  ];
};

/** Only the parts that are called: most scripts change files and values alone. */
const parts = ({ trial, confirm }: ApplyRequest, { files, services, trials, commands }: Steps): readonly string[] => {
  const restarts = services.some(({ action }) => action.kind === "restart_firewall");
  const loadsRules = confirm?.afterReboot !== undefined && hasRules(files);
  return [
    framePart,
    statesPart,
    checkPart,
    lockPart,
    backupPart,
    filesPart,
    livePart,
    ...(services.length > 0 || commands.length > 0 || loadsRules ? [deadlinePart] : []),
    ...(services.length > 0 ? [modulesPart] : []),
    ...(commands.length > 0 ? [programPart, runPart] : []),
    ...(restarts || loadsRules ? [tablesPart] : []),
    ...(restarts ? [firewallPart, rulesPart, rulesUfwPart, rulesServicesPart] : []),
    ...(trial !== undefined || trials.length > 0 || confirm !== undefined ? [leavePart, timerPart] : []),
    ...(trial !== undefined || trials.length > 0 ? [trialPart] : []),
    ...(confirm === undefined ? [] : [disarmPart, bootEntriesPart, armPart]),
  ];
};

const assertSound = (request: ApplyRequest): void => {
  assertRun(request);
  const { actions, trial } = request;
  const paths = actions.flatMap((action) => ("path" in action ? [action.path] : []));
  if (new Set(paths).size < paths.length) throw new Error("two actions for one path");
  if (trial !== undefined && actions.some(({ kind }) => kind !== "set" && kind !== "set_hashsize"))
    throw new Error("a trial sets live values and nothing else");
};
