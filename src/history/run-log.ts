import { join } from "node:path";
import type { RunId } from "../model/brand.ts";
import type { JournalEntry, RunRecord } from "../model/journal.ts";
import type { Checked } from "../model/problem.ts";
import { parseEntry, type StampedEntry } from "./journal-line.ts";
import { pickRun, runNames } from "./pick-run.ts";
import { openOwn, refused } from "./private-files.ts";
import { type Line, readLines } from "./read-lines.ts";

/** What the journal of a run says, in the order in which it was written. */
export type RunLog = {
  readonly file: string;
  readonly record: RunRecord;
  readonly entries: readonly JournalEntry[];
  /** Milliseconds since 1970 of its first and its last line, by this machine's clock: for people. */
  readonly began: number;
  readonly last: number;
};

export const runsFolder = (state: string): string => join(state, "runs");
const ending = ".ndjson";
export const runFile = (state: string, run: RunId): string => join(runsFolder(state), `${run}${ending}`);
/** Who may write the journal. */
export const lockFile = (journal: string): string => `${journal}.lock`;

/** Every run that has a journal, the newest last. */
export const runsIn = (state: string): Promise<Checked<readonly RunId[]>> => runNames(runsFolder(state), ending);

/**
 * The journal of a run by its id, or of the newest one (`last`), checked as a whole. A last line that was cut off is left
 * out: what it told was never acted upon. Problems are of the file, or of the first line that is not an entry.
 */
export const findRun = async (state: string, run: string): Promise<Checked<RunLog>> => {
  const found = await pickRun(runsFolder(state), run, { ending, noun: "run" });
  if (found.kind === "problems") return found;
  const file = runFile(state, found.value);
  const opened = await openOwn(file);
  if (opened.kind === "problems") return opened;
  if (opened.value === undefined) return refused(file, "does not exist");
  try {
    return logOf(file, found.value, (await readLines(opened.value)).lines);
  } finally {
    await opened.value.close();
  }
};

/**
 * The newest rollback of a run that came to its end, where there is one: what the run's own journal tells is no longer so then. A
 * journal that cannot be read tells of none.
 */
export const rolledBackBy = async (state: string, run: RunId): Promise<RunId | undefined> => {
  const runs = await runsIn(state);
  if (runs.kind === "problems") return undefined;
  for (const later of runs.value.filter((one) => one > run).toReversed()) {
    const log = await findRun(state, later);
    const last = log.kind === "ok" ? log.value.entries.at(-1) : undefined;
    if (log.kind === "ok" && log.value.record.of === run && last?.kind === "end") return later;
  }
  return undefined;
};

/** The lines of a journal as what they say; the first one must be the record of this run. */
export const logOf = (file: string, run: RunId, lines: readonly Line[]): Checked<RunLog> => {
  const entries: StampedEntry[] = [];
  for (const { number, text } of lines) {
    const entry = text === undefined ? notText : parseEntry(text);
    if (typeof entry === "string") return wrong(file, number, entry);
    entries.push(entry);
  }
  const [first] = entries;
  if (first === undefined) return refused(file, "has no whole line: the run was cut off before anything was sent");
  if (first.entry.kind !== "begin" || first.entry.run !== run)
    return wrong(file, 1, `is not the beginning of run ${run}`);
  const record = recordOf(first.entry);
  const last = entries.at(-1) ?? first;
  return {
    kind: "ok",
    value: { file, record, entries: entries.map(({ entry }) => entry), began: first.at, last: last.at },
  };
};

type Begin = Extract<JournalEntry, { kind: "begin" }>;

const recordOf = ({
  run,
  command,
  playbook,
  digest,
  hosts,
  seed,
  trial,
  hadExtraVars,
  become,
  saved,
  options,
  of,
}: Begin): RunRecord => ({
  ...{ run, command, playbook, digest, hosts },
  ...{ seed, trial, hadExtraVars, become, saved, options, of },
});

const notText = "is not text of a journal";

const wrong = (file: string, line: number, message: string): Checked<never> => ({
  kind: "problems",
  problems: [{ at: { file, line, column: 1 }, path: "", message }],
});
