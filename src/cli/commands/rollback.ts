import { randomInt } from "node:crypto";
import { dirname } from "node:path";
import type { Continued, OpenJournal } from "../../history/journal.ts";
import { progressOf, type RunProgress } from "../../history/progress-of.ts";
import { findRun } from "../../history/run-log.ts";
import { type HostName, isNonEmpty, type RunId } from "../../model/brand.ts";
import type { RunRecord } from "../../model/journal.ts";
import type { HostReport } from "../../model/outcome.ts";
import { describeFailure } from "../../report/describe.ts";
import { afterRollback, rollbackSummary } from "../../report/rollback.ts";
import { plural } from "../../report/text.ts";
import { rollbackFleet } from "../../rollout/rollback-fleet.ts";
import { confirmed } from "../agree.ts";
import { print, refuse, say, tolerateClosedPipes } from "../console.ts";
import { holdInventory } from "../hold-inventory.ts";
import { keptOptions, withKeptOptions } from "../kept-options.ts";
import type { FleetOptions } from "../options.ts";
import { type PreparedHosts, prepareHosts } from "../prepare.ts";
import { printReport } from "../print-report.ts";
import { becomeAsRecorded } from "../recorded-become.ts";
import { owner, runJournal } from "../run-journal.ts";
import { type Run, startRun } from "../start-run.ts";
import { stateFolder } from "../state-folder.ts";

/** `rollback RUN`: puts back what a run changed, in its batches, on hosts that nobody has changed since. */
export const rollback = async (options: FleetOptions, run: string): Promise<number> => {
  tolerateClosedPipes();
  return rollbackOf(options, { of: run, continued: undefined });
};

type Asked = {
  /** The run that is put back. */
  readonly of: string;
  /** A rollback that goes on, with its journal. */
  readonly continued: Continued | undefined;
};

/** A new rollback, or one that was cut off. */
export const rollbackOf = async (given: FleetOptions, { of, continued }: Asked): Promise<number> => {
  const found = await findRun(stateFolder(), of);
  if (found.kind === "problems") return refuse(found.problems);
  const { record, entries } = found.value;
  if (record.of !== undefined) {
    say(
      `ctfleet: run ${record.run} was itself a rollback, and is not put back; the run that it put back: ctfleet rollback ${record.of}`,
    );
    return 1;
  }
  const progress = progressOf(record, entries);
  if (progress.changed.length === 0) {
    say(`run ${record.run} changed no host: there is nothing to put back`);
    return 0;
  }
  // The inventory is read as it was for the run: with the variables beside its playbook, which may be gone itself.
  const options = { playbookDir: dirname(record.playbook), ...withKeptOptions(given, record.options) };
  // One that goes on is about the hosts that it began with: its --limit is not kept.
  const chosen = new Set<string>(continued?.log.record.hosts ?? progress.changed);
  const prepared = await prepareHosts(options, {
    names: chosen,
    becomeOn: (host) => becomeAsRecorded(record.become, host),
  });
  return prepared === 1 ? 1 : walkBack({ progress, prepared, continued }, options);
};

type Back = {
  readonly progress: RunProgress;
  readonly prepared: PreparedHosts;
  readonly continued: Continued | undefined;
};

const walkBack = async ({ progress, prepared, continued }: Back, options: FleetOptions): Promise<number> => {
  const here = names(prepared);
  const run = startRun(options, { quiet: false, id: continued?.log.record.run });
  const held = await holdInventory(options, { run: run.id, command: "rollback" });
  if (held === undefined) return 1;
  try {
    if (continued === undefined && options.yes !== true) {
      for (const line of rollbackSummary(progress, here)) say(line);
      const yes = await confirmed(`Put back ${plural(here.length, "host")}?`, run.stop.signal);
      if (!yes) return run.stop.exit() ?? 1;
    }
    const record = { ...newRecord(progress.record, run.id, options), hosts: here };
    const journal = await runJournal(record, continued);
    return journal === undefined ? 1 : await putBack({ progress, prepared, continued }, options, { run, journal });
  } finally {
    await held.release();
  }
};

const names = ({ visited }: PreparedHosts): readonly HostName[] => visited.map(({ host }) => host.name);

/** Nobody is left out in silence. */
const gone = (name: HostName, { changes }: RunProgress): HostReport => ({
  name,
  outcome: {
    kind: "not_attempted",
    because: "it is not in the inventory any more: give the one that it is in with -i",
    actions: changes.get(name) ?? [],
  },
  findings: [],
});

type Under = { readonly run: Run; readonly journal: OpenJournal };

const putBack = async (
  { progress, prepared, continued }: Back,
  options: FleetOptions,
  { run, journal }: Under,
): Promise<number> => {
  run.begin();
  try {
    const done = endedBefore(continued);
    const targets = prepared.visited
      .filter(({ host }) => !done.has(host.name))
      .flatMap(({ host, become }) => {
        const actions = progress.changes.get(host.name) ?? [];
        return isNonEmpty(actions) ? [{ host, become, actions }] : [];
      });
    const batches = progress.batches.map((batch) => batch.hosts);
    const back = await run.walk(prepared, (walk) =>
      rollbackFleet(targets, batches, { of: progress.record.run, walk, journal, owner: owner() }),
    );
    const wanted = options.limit === undefined ? (continued?.log.record.hosts ?? progress.changed) : names(prepared);
    const hosts = wanted.map((name) => done.get(name) ?? back.find((one) => one.name === name) ?? gone(name, progress));
    const exit = run.exit(hosts, false);
    const unwritten = await journal.write({ kind: "end", exit });
    if (unwritten !== undefined) say(describeFailure(unwritten));
    print(printReport({ command: "rollback", run: run.id, exit, hosts }, options));
    for (const line of afterRollback({ run: run.id, of: progress.record.run, exit, hosts })) say(line);
    return exit;
  } finally {
    await journal.close();
  }
};

/** Hosts that a rollback which goes on has put back already. */
const endedBefore = (continued: Continued | undefined): ReadonlyMap<HostName, HostReport> =>
  new Map(
    (continued === undefined ? [] : [...progressOf(continued.log.record, continued.log.entries).resumed]).flatMap(
      ([name, how]) => (how.kind === "ended" ? [[name, how.report] as const] : []),
    ),
  );

const newRecord = (of: RunRecord, run: RunId, options: FleetOptions): RunRecord => ({
  ...of,
  run,
  command: "rollback",
  seed: randomInt(2 ** 32),
  trial: undefined,
  hadExtraVars: (options.extraVars ?? []).length > 0,
  saved: undefined,
  options: keptOptions(options),
  of: of.run,
});
