import { forgetTrial, saveTrial } from "../../history/trials.ts";
import { foldNames } from "../../inventory/fold.ts";
import type { RunId } from "../../model/brand.ts";
import type { Failure } from "../../model/failure.ts";
import type { HostReport } from "../../model/outcome.ts";
import type { Problem } from "../../model/problem.ts";
import { dangers } from "../../report/dangers.ts";
import { describeProblem } from "../../report/describe.ts";
import { plural, textReport } from "../../report/text.ts";
import { applyFleet } from "../../rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet } from "../../rollout/survey.ts";
import { allAtOnce } from "../all-at-once.ts";
import { askYes, canAsk } from "../ask.ts";
import { coloursFor, print, refuse, say, tolerateClosedPipes } from "../console.ts";
import type { FleetOptions } from "../options.ts";
import { checkTwins } from "../plan-routes.ts";
import { hostCounts, type PreparedPlays, preparePlays } from "../prepare.ts";
import { printReport } from "../print-report.ts";
import { startRun } from "../start-run.ts";
import { stateFolder } from "../state-folder.ts";
import { trialRecord } from "../trial.ts";
import { check } from "./check.ts";

/** How an apply was asked for: by `persist`, it is for the hosts of a trial alone. */
type Asked = { readonly command: "apply" | "persist"; readonly only?: ReadonlySet<string> };

/** `apply` and `persist`: gather all, show, ask, walk the batches, prove. */
export const apply = async (
  options: FleetOptions,
  playbook: string,
  { command, only }: Asked = { command: "apply" },
): Promise<number> => {
  if (options.check === true) return check("plan", options, playbook);
  tolerateClosedPipes();
  const prepared = await preparePlays(options, playbook, only);
  if (prepared === 1) return 1;
  const { plays, targets } = prepared;
  const unsafe = checkSafe(prepared, options);
  if (unsafe.length > 0) return refuse(unsafe);
  const run = startRun(options, { quiet: false });
  const { signal } = run.stop;
  const hosts = await run.walk(prepared, async (walk) => {
    const surveys = await surveyFleet(targets, walk);
    run.progress.end();
    const before = targets.map(({ host: { name } }) => reportSurvey(name, surveys.get(name)));
    const declined = !signal.aborted && !(await agreed(before, options, signal));
    // A stop at the question is no answer: the report says what was not attempted.
    if (declined && run.stop.exit() === undefined) return undefined;
    if (!(await remembered(options, playbook, { run: run.id, hosts: targets.map(({ host }) => host.name) })))
      return undefined;
    return applyFleet(plays, targets, surveys, { run: run.id, walk });
  });
  if (hosts === undefined) return 1;
  const exit = run.exit(hosts, false);
  print(printReport({ command, run: run.id, exit, hosts }, options));
  if (options.trial !== undefined) await tellTrial(options, playbook, { run: run.id, hosts });
  return exit;
};

/** What must not happen to a fleet by accident: one host under two names, reboots of all at once. */
const checkSafe = ({ routes, targets, plays }: PreparedPlays, options: FleetOptions): readonly Problem[] => [
  ...checkTwins(routes),
  ...allAtOnce(hostCounts({ plays, targets }), options),
];

/** A trial can be persisted later only if what it was is on disk before anything is sent. */
const remembered = async (
  options: FleetOptions,
  playbook: string,
  { run, hosts }: { readonly run: RunId; readonly hosts: readonly string[] },
): Promise<boolean> => {
  const { trial: seconds } = options;
  if (seconds === undefined) return true;
  const saved = await saveTrial(
    stateFolder(),
    trialRecord(options, { run, playbook, seconds, hosts, now: Date.now() }),
  );
  if (saved.kind === "problems") for (const problem of saved.problems) say(describeProblem(problem));
  return saved.kind === "ok";
};

/** Hosts on which the trial runs now; of a host that failed it may. */
const onTrial = (hosts: readonly HostReport[]): readonly string[] =>
  hosts
    .filter(({ outcome }) => outcome.kind === "changed" || ("failure" in outcome && mayHaveBegun(outcome.failure)))
    .map(({ name }) => name);

const mayHaveBegun = ({ sent, code }: Failure): boolean => sent || code === "verify_false" || code === "not_converged";

/** From now on the record names the hosts that have the trial; a trial that none has is forgotten. */
const tellTrial = async (
  options: FleetOptions,
  playbook: string,
  { run, hosts }: { readonly run: RunId; readonly hosts: readonly HostReport[] },
): Promise<void> => {
  const names = onTrial(hosts);
  if (names.length === 0) return forgetTrial(stateFolder(), run);
  if (await remembered(options, playbook, { run, hosts: names }))
    say(`to keep what this trial has set on ${foldNames(names)}: ctfleet persist ${run}`);
};

/** Shows what would be done and asks once. Nobody to ask and no `--yes` is a no. */
const agreed = async (before: readonly HostReport[], options: FleetOptions, stop: AbortSignal): Promise<boolean> => {
  const drifted = before.filter(({ outcome }) => outcome.kind === "drifted" && outcome.actions.length > 0).length;
  if (options.yes === true || drifted === 0) return true;
  const colours = coloursFor(process.stderr);
  say(textReport(before, { colours, diffs: true, from: "info", brief: false, fold: options.verbose === 0 }));
  const lost = before.filter(({ outcome: { kind } }) => kind === "unreachable" || kind === "failed");
  if (lost.length > 0)
    say(
      `${foldNames(lost.map(({ name }) => name))}: cannot be changed, and count as failed: more than max_fail_percentage in a batch stop the play there`,
    );
  for (const line of dangers(before)) say(line);
  if (!canAsk()) {
    say("ctfleet: not changing anything: there is no terminal to ask on; use --yes");
    return false;
  }
  if (await askYes(`Change ${plural(drifted, "host")}? [y/N] `, stop)) return true;
  say("ctfleet: nothing was changed");
  return false;
};
