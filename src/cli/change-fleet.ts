import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import type { Continued } from "../history/journal.ts";
import { progressOf } from "../history/progress-of.ts";
import type { HostName, RunId } from "../model/brand.ts";
import type { RunRecord } from "../model/journal.ts";
import type { HostReport } from "../model/outcome.ts";
import type { Problem } from "../model/problem.ts";
import { describeFailure } from "../report/describe.ts";
import { howToGoOn } from "../report/how-to-go-on.ts";
import { applyFleet } from "../rollout/apply-fleet.ts";
import type { ApplyOptions, Resumed } from "../rollout/apply-options.ts";
import { type Survey, surveyFleet, type Walk } from "../rollout/survey.ts";
import { agreed } from "./agree.ts";
import { allAtOnce } from "./all-at-once.ts";
import { canAsk } from "./ask.ts";
import { askStep } from "./ask-step.ts";
import { print, refuse, say } from "./console.ts";
import { holdInventory } from "./hold-inventory.ts";
import { keptOptions } from "./kept-options.ts";
import type { FleetOptions } from "./options.ts";
import type { PlanFile } from "./plan-file.ts";
import { checkTwins } from "./plan-routes.ts";
import { hostCounts, type PreparedPlays } from "./prepare.ts";
import { printReport } from "./print-report.ts";
import { recordedBecome } from "./recorded-become.ts";
import { owner, runJournal } from "./run-journal.ts";
import { staleHosts, surveysOf } from "./saved-surveys.ts";
import { type Run, startRun } from "./start-run.ts";

/** What is to be changed, and how it was asked for. */
export type Change = {
  readonly command: "apply" | "persist" | "resume";
  readonly playbook: string;
  readonly prepared: PreparedPlays;
  /** Its hosts are not gathered before the change, but for those that a run which goes on is at work on. */
  readonly saved?: PlanFile | undefined;
  /** The run that goes on, with its journal; the caller opened it. */
  readonly continued?: Continued;
};

/** Gather all, show, ask, walk the batches, prove: one run that changes hosts, from prepared plays to the exit code. */
export const changeFleet = async (change: Change, options: FleetOptions): Promise<number> => {
  const { prepared, continued } = change;
  const unsafe = checkSafe(change, options);
  if (unsafe.length > 0) return refuse(unsafe);
  if (options.step === true && !canAsk()) {
    say("ctfleet: --step asks before each batch, and there is no terminal to ask on");
    return 1;
  }
  const run = startRun(options, { quiet: false, id: continued?.log.record.run });
  const held = await holdInventory(options, { run: run.id, command: change.command });
  if (held === undefined) return 1;
  try {
    const ended = await run.walk(prepared, (walk) => walkFleet(change, options, { run, walk }));
    if (ended === undefined) return 1;
    const { hosts, exit } = ended;
    print(printReport({ command: change.command, run: run.id, exit, hosts }, options));
    for (const line of howToGoOn({ run: run.id, exit, hosts, trial: options.trial })) say(line);
    return exit;
  } finally {
    await held.release();
  }
};

/** What must not happen to a fleet by accident: one host under two names, reboots of all at once. */
const checkSafe = ({ prepared, continued }: Change, options: FleetOptions): readonly Problem[] => [
  ...checkTwins(prepared.routes),
  // A run that goes on was checked when it began.
  ...(continued === undefined ? allAtOnce(hostCounts(prepared), options) : []),
];

type Under = { readonly run: Run; readonly walk: Walk };
type Ended = { readonly hosts: readonly HostReport[]; readonly exit: number };

/** Undefined: nothing was changed, and why was said. */
const walkFleet = async (change: Change, options: FleetOptions, { run, walk }: Under): Promise<Ended | undefined> => {
  const { plays, targets } = change.prepared;
  const earlier = resumedHosts(change.continued);
  const open = targets.filter(({ host: { name } }) => earlier.get(name)?.kind !== "ended");
  // What a host has come to is read anew; of hosts that the run has not touched nothing but the plan was reviewed.
  const untouched = targets.filter(({ host: { name } }) => !earlier.has(name));
  const reviewed = { plays, targets: untouched };
  const plan = change.saved?.plan;
  const known = plan === undefined ? noSurveys : surveysOf(plan, reviewed);
  const left = open.filter(({ host: { name } }) => !known.has(name));
  const surveys = new Map([...known, ...(await surveyFleet(left, walk))]);
  run.progress.end();
  const stale = plan === undefined ? [] : staleHosts(plan, reviewed, surveys);
  const resumed = new Map([...earlier, ...stale]);
  const { signal } = run.stop;
  // What was reviewed before, or agreed to when the run began, is not asked for again.
  const asks = plan === undefined && change.continued === undefined && !signal.aborted;
  const declined = asks && !(await agreed(open, surveys, { options, stop: signal }));
  // A stop at the question is no answer: the report says what was not attempted.
  if (declined && run.stop.exit() === undefined) return undefined;
  const record = recordOf(change, options, run.id);
  const journal = await runJournal(record, change.continued);
  if (journal === undefined) return undefined;
  run.begin();
  try {
    const hosts = await applyFleet(plays, targets, surveys, {
      ...{ run: run.id, walk, journal, owner: owner(), resumed },
      seed: record.seed,
      ask: options.step === true ? askStep(signal) : undefined,
    } satisfies ApplyOptions);
    const exit = run.exit(hosts, false);
    const unwritten = await journal.write({ kind: "end", exit });
    if (unwritten !== undefined) say(describeFailure(unwritten));
    return { hosts, exit };
  } finally {
    await journal.close();
  }
};

const noSurveys: ReadonlyMap<HostName, Survey> = new Map();

const resumedHosts = (continued: Continued | undefined): ReadonlyMap<HostName, Resumed> =>
  continued === undefined ? new Map() : progressOf(continued.log.record, continued.log.entries).resumed;

const recordOf = (
  { command, playbook, prepared, saved, continued }: Change,
  options: FleetOptions,
  run: RunId,
): RunRecord =>
  continued?.log.record ?? {
    ...{ run, playbook: resolve(playbook), digest: prepared.digest },
    command: command === "persist" ? "persist" : "apply",
    hosts: prepared.targets.map(({ host }) => host.name),
    seed: options.seed ?? saved?.plan.seed ?? randomInt(2 ** 32),
    trial: options.trial,
    hadExtraVars: (options.extraVars ?? []).length > 0,
    become: recordedBecome(prepared.targets),
    saved: saved === undefined ? undefined : { file: saved.file, run: saved.plan.run },
    options: keptOptions(options),
    of: undefined,
  };
