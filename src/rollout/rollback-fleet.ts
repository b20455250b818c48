import pLimit from "p-limit";
import { type HostName, isNonEmpty, type RunId } from "../model/brand.ts";
import type { HostReport } from "../model/outcome.ts";
import type { ApplyOptions } from "./apply-options.ts";
import { type Budget, decide } from "./budget.ts";
import { hasFailed } from "./fleet.ts";
import { leftOut, type RollbackTarget, rollbackHost } from "./rollback-host.ts";
import { stoppedBefore } from "./survey.ts";
import { watchJournal } from "./watch-journal.ts";

export type RollbackOptions = Pick<ApplyOptions, "walk" | "journal" | "owner"> & {
  /** The run that is put back. */
  readonly of: RunId;
};

/**
 * A run is put back because something went wrong already: one failure stops what follows. A host that cannot be reached does not: it
 * may be what went wrong, and the others are to be put back all the same.
 */
const budget: Budget = { maxFailPercentage: 0, maxFail: undefined, anyErrorsFatal: false };

/**
 * Puts a run back, in its own batches: each host as it was before it, or not at all where somebody changed it since. Every
 * target is in the result once, in the order of the targets; those that are in no batch come last.
 */
export const rollbackFleet = async (
  targets: readonly RollbackTarget[],
  batches: readonly (readonly HostName[])[],
  options: RollbackOptions,
): Promise<readonly HostReport[]> => {
  const journal = watchJournal(options.journal);
  const run: Run = { reports: new Map(), of: targets.length, failed: 0 };
  const cut = batchesOf(targets, batches);
  let stopped: string | undefined;
  for (const [at, hosts] of cut.entries()) {
    const batch = { hosts, number: at + 1, of: cut.length };
    if (stopped === undefined) stopped = await rollBatch(batch, run, { ...options, journal });
    else for (const target of hosts) run.reports.set(target.host.name, leftOut(target, stopped));
    stopped ??= journal.broken()?.detail;
  }
  return targets.flatMap(({ host }) => run.reports.get(host.name) ?? []);
};

type Batch = { readonly hosts: readonly RollbackTarget[]; readonly number: number; readonly of: number };
type Run = { readonly reports: Map<HostName, HostReport>; readonly of: number; failed: number };

/** The hosts of each batch that are to be put back, each once. A host that two plays changed comes with its last batch. */
const batchesOf = (
  targets: readonly RollbackTarget[],
  batches: readonly (readonly HostName[])[],
): readonly (readonly RollbackTarget[])[] => {
  const last = new Map(batches.flatMap((names, at) => names.map((name) => [name, at] as const)));
  const cut = batches.map((_, at) => targets.filter(({ host }) => last.get(host.name) === at));
  return [...cut, targets.filter(({ host }) => !last.has(host.name))].filter(isNonEmpty);
};

/** Puts the hosts of one batch back; the reason to stop after it, where there is one. */
const rollBatch = async (batch: Batch, run: Run, options: RollbackOptions): Promise<string | undefined> => {
  const { walk, of } = options;
  const { number, hosts } = batch;
  walk.onProgress({ kind: "batch", play: `put back ${of}`, number, of: batch.of, hosts: hosts.length });
  const before = run.failed;
  const whyStop = (at: "inside" | "after"): string | undefined => {
    const counts = { number, of: batch.of, hosts: hosts.length, unseen: 0, failed: run.failed - before };
    const verdict = decide(budget, { at, batch: counts, run: { hosts: run.of, failed: before } });
    return verdict.kind === "stop" ? verdict.because : walk.stop.aborted ? stoppedBefore : undefined;
  };
  const limit = pLimit(walk.forks);
  const putBack = async (target: RollbackTarget): Promise<void> => {
    const because = whyStop("inside");
    const report = because === undefined ? await rollbackHost(target, options) : leftOut(target, because);
    run.reports.set(report.name, report);
    if (hasFailed(report) && report.outcome.kind !== "unreachable") run.failed += 1;
    if (because !== undefined) return;
    walk.onProgress({ kind: "applied", report });
    // One that was left as it is has its turn when the rollback goes on.
    if (report.outcome.kind !== "not_attempted")
      await options.journal.write({ kind: "outcome", report, play: 0, seen: undefined });
  };
  await Promise.all(hosts.map((target) => limit(() => putBack(target))));
  const stopped = whyStop("after");
  if (stopped !== undefined) walk.onProgress({ kind: "stopped", because: stopped });
  return stopped;
};
