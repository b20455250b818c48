import type { HostName } from "../model/brand.ts";
import type { RunRecord } from "../model/journal.ts";
import type { Checked } from "../model/problem.ts";
import { refused } from "./private-files.ts";
import { progressOf } from "./progress-of.ts";
import { findRun, type RunLog, runsFolder, runsIn } from "./run-log.ts";

/** What `persist RUN` needs of a trial: what was asked for, and of which hosts. */
export type Trial = {
  readonly record: RunRecord;
  /** Those that have it, or may have. */
  readonly hosts: readonly HostName[];
  /** Milliseconds since 1970 at which the last of them has its old values again: for people, no decision hangs on it. */
  readonly ends: number;
};

/** The trial of a run by its id, or the newest one (`last`), by its journal. */
export const findTrial = async (state: string, run: string): Promise<Checked<Trial>> => {
  if (run !== "last") {
    const found = await findRun(state, run);
    return found.kind === "problems"
      ? found
      : (trialOf(found.value) ?? refused(found.value.file, "is not of a trial that a host has"));
  }
  const known = await runsIn(state);
  if (known.kind === "problems") return known;
  for (const one of known.value.toReversed()) {
    const found = await findRun(state, one);
    const trial = found.kind === "ok" ? trialOf(found.value) : undefined;
    if (trial !== undefined) return trial;
  }
  return refused(runsFolder(state), "has no trial: none was run from this account on this machine");
};

/** Undefined where the run was no trial, or no host has it. */
const trialOf = ({ record, entries, last }: RunLog): Checked<Trial> | undefined => {
  if (record.trial === undefined) return undefined;
  const { changed } = progressOf(record, entries);
  if (changed.length === 0) return undefined;
  return { kind: "ok", value: { record, hosts: changed, ends: last + record.trial * 1000 } };
};
