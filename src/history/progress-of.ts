import type { Action } from "../model/action.ts";
import type { HostName } from "../model/brand.ts";
import type { JournalEntry, RunRecord } from "../model/journal.ts";
import type { HostReport } from "../model/outcome.ts";
import type { Resumed } from "../rollout/apply-options.ts";
import { changedBy, type Ended, hasEnded, type KnownHost, resumedAs, settled, step, untouched } from "./known-host.ts";

export type Batch = Omit<Extract<JournalEntry, { kind: "batch" }>, "kind">;

/** What a run has come to, by its journal. Lists of hosts are in the order of its record. */
export type RunProgress = {
  readonly record: RunRecord;
  /**
   * The exit code of a run that came to its end. Undefined where it can be gone on with: it was cut off, interrupted, or
   * stopped before hosts had their turn, or nobody knows how a host ended.
   */
  readonly ended: number | undefined;
  /** Why no further batch was started. */
  readonly stopped: string | undefined;
  readonly reports: ReadonlyMap<HostName, HostReport>;
  /** What there is to go on with; a host that is missing was not touched, or was put back and left. */
  readonly resumed: ReadonlyMap<HostName, Resumed>;
  /** In the order in which they began, each once. */
  readonly batches: readonly Batch[];
  /** Hosts that this run has changed, or may have, and that were not put back. */
  readonly changed: readonly HostName[];
  /** What it has changed there, or may have; without texts of files. */
  readonly changes: ReadonlyMap<HostName, readonly Action[]>;
  /** For `--retry-failed`: hosts that are neither as they should be nor left out by the play. */
  readonly notMade: readonly HostName[];
};

/** Folds the entries of a journal; the record is that of its first line. */
export const progressOf = (record: RunRecord, entries: readonly JournalEntry[]): RunProgress => {
  const known = new Map<HostName, KnownHost>();
  const ended = new Map<HostName, Ended>();
  const batches = new Map<string, Batch>();
  let stopped: string | undefined;
  for (const entry of entries)
    switch (entry.kind) {
      case "intent":
      case "result":
        known.set(entry.host, step(known.get(entry.host) ?? untouched, entry));
        // What comes after an outcome is of a run that was gone on with: the host is open again.
        ended.delete(entry.host);
        break;
      case "outcome": {
        const { report, play, seen } = entry;
        const { name } = report;
        ended.set(name, { report, play, seen });
        known.set(name, settled(known.get(name) ?? untouched, report));
        break;
      }
      case "batch": {
        const { play, number, of, hosts: names } = entry;
        batches.set(`${play}.${number}`, { play, number, of, hosts: names });
        break;
      }
      case "stopped":
        stopped = entry.because;
        break;
      case "resumed":
        stopped = undefined;
        break;
      case "begin":
      case "end":
        break;
    }
  const { hosts } = record;
  const resumed = hosts.flatMap((name) => {
    const how = resumedAs(known.get(name) ?? untouched, ended.get(name));
    return how === undefined ? [] : [[name, how] as const];
  });
  const changes = hosts
    .map((name) => [name, changedBy(known.get(name) ?? untouched)] as const)
    .filter(([, actions]) => actions.length > 0);
  return {
    record,
    ended: hosts.every((name) => hasEnded(ended.get(name)?.report)) ? endOf(entries.at(-1)) : undefined,
    stopped,
    reports: new Map([...ended].map(([name, { report }]) => [name, report])),
    resumed: new Map(resumed),
    batches: [...batches.values()],
    changed: changes.map(([name]) => name),
    changes: new Map(changes),
    notMade: hosts.filter((name) => !isMade(ended.get(name)?.report)),
  };
};

/** The exit code, where an entry is the end of a run; a stop is none. */
export const endOf = (entry: JournalEntry | undefined): number | undefined =>
  entry?.kind === "end" && entry.exit < 128 ? entry.exit : undefined;

const isMade = (report: HostReport | undefined): boolean =>
  report !== undefined && ["changed", "compliant", "skipped"].includes(report.outcome.kind);
