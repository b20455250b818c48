import { constants } from "node:fs";
import { type FileHandle, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { RunId } from "../model/brand.ts";
import type { Journal, RunRecord } from "../model/journal.ts";
import type { Checked } from "../model/problem.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";
import { entryLine } from "./journal-line.ts";
import { createPrivate, flushFolder, openOwn, refused, unwritable, unwrittenFor } from "./private-files.ts";
import { type HeldLock, releaseLock, takeLock } from "./process-lock.ts";
import { readLines } from "./read-lines.ts";
import { removeOldRuns } from "./retention.ts";
import { findRun, lockFile, logOf, type RunLog, runFile } from "./run-log.ts";

/** The journal of a run that this process alone writes. */
export type OpenJournal = Journal & {
  readonly file: string;
  /** Waits for what is under way, closes the file and gives up the right to write it. */
  readonly close: () => Promise<void>;
};

type Writing = {
  /** For people who want to go on with the run at the same time. */
  readonly user: string;
  /** Milliseconds since 1970, for the time that each line bears. */
  readonly now: () => number;
};

/**
 * Begins the journal of a run, with its record as the first line, which is on disk then. Old journals are removed. A problem
 * where it cannot be written: then nothing may be sent.
 */
export const openJournal = async (state: string, record: RunRecord, how: Writing): Promise<Checked<OpenJournal>> => {
  const file = runFile(state, record.run);
  const right = await rightToWrite(file, record, how);
  if (right.kind === "problems") return right;
  await removeOldRuns(state, how.now());
  const lock = right.value;
  const opened = await createFlushed(file);
  if (opened.kind === "problems") {
    await releaseLock(lock);
    return opened;
  }
  const journal = journalOver(file, { group: groupCommit(file, opened.value), lock, now: how.now });
  const failure = await journal.write({ kind: "begin", ...record });
  if (failure === undefined) return { kind: "ok", value: journal };
  await journal.close();
  await rm(file, { force: true });
  return { kind: "problems", problems: [unwrittenFor(file, failure.detail.split(": ").at(-1) ?? "", noJournal)] };
};

const createFlushed = async (file: string): Promise<Checked<FileHandle>> => {
  try {
    const handle = await createPrivate(file);
    await flushFolder(dirname(file));
    return { kind: "ok", value: handle };
  } catch (error) {
    return cannotWrite(file, error);
  }
};

/** A journal that goes on, and what it says until now. */
export type Continued = { readonly journal: OpenJournal; readonly log: RunLog };

/**
 * Opens the journal of an earlier run (`last`: the newest) to write on. It is read when nobody else can write it any more; a
 * line that was cut off is cut away first: nothing was done on its account.
 */
export const continueJournal = async (state: string, run: string, how: Writing): Promise<Checked<Continued>> => {
  const found = await findRun(state, run);
  if (found.kind === "problems") return found;
  const { file, record } = found.value;
  const right = await rightToWrite(file, record, how);
  if (right.kind === "problems") return right;
  const lock = right.value;
  const opened = await openAgain(file, record.run);
  if (opened.kind === "problems") {
    await releaseLock(lock);
    return opened;
  }
  const { handle, log } = opened.value;
  const journal = journalOver(file, { group: groupCommit(file, handle), lock, now: how.now });
  return { kind: "ok", value: { journal, log } };
};

type Again = { readonly handle: FileHandle; readonly log: RunLog };

const openAgain = async (file: string, run: RunId): Promise<Checked<Again>> => {
  const opened = await openOwn(file, constants.O_RDWR | constants.O_APPEND);
  if (opened.kind === "problems") return opened;
  const handle = opened.value;
  if (handle === undefined) return refused(file, "does not exist");
  try {
    const { lines, end, torn } = await readLines(handle);
    const log = logOf(file, run, lines);
    if (log.kind === "ok") {
      if (torn) await cutTo(handle, end);
      return { kind: "ok", value: { handle, log: log.value } };
    }
    await handle.close();
    return log;
  } catch (error) {
    await handle.close();
    return cannotWrite(file, error);
  }
};

const cutTo = async (handle: FileHandle, end: number): Promise<void> => {
  await handle.truncate(end);
  await handle.datasync();
};

/** Two processes never write one journal. */
const rightToWrite = async (
  file: string,
  { run, command, options }: RunRecord,
  { user }: Writing,
): Promise<Checked<HeldLock>> => {
  const inventory = Array.isArray(options.inventory) ? options.inventory.map(String) : [];
  const right = await takeLock(lockFile(file), { run, command, user, inventory });
  switch (right.kind) {
    case "taken":
      return { kind: "ok", value: right.lock };
    case "held":
      return refused(
        file,
        `is being written: the run is under way${right.by === undefined ? "" : ` (process ${right.by.pid} on ${right.by.controller}, of ${right.by.user})`}`,
      );
    case "failed":
      return { kind: "problems", problems: [right.problem] };
  }
};

const journalOver = (
  file: string,
  { group, lock, now }: { readonly group: GroupCommit; readonly lock: HeldLock; readonly now: () => number },
): OpenJournal => ({
  file,
  write: (entry) => group.write(entryLine(entry, now())),
  close: remembered(async () => {
    await group.close();
    await releaseLock(lock);
  }),
});

/** Whoever closes it again waits for the first time. */
const remembered = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
};

const noJournal = "without a journal nothing is changed";

const cannotWrite = (file: string, error: unknown): Checked<never> => ({
  kind: "problems",
  problems: [unwritable(file, error, noJournal)],
});
