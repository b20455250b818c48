import { rm } from "node:fs/promises";
import type { RunId } from "../model/brand.ts";
import { codeOf } from "../source/read-text.ts";
import { parseEntry } from "./journal-line.ts";
import { openOwn } from "./private-files.ts";
import { readLock } from "./process-lock.ts";
import { isGone } from "./process-mark.ts";
import { endOf } from "./progress-of.ts";
import { findRun, lockFile, runFile, runsIn } from "./run-log.ts";

/** So many journals are kept; of runs that did not end those of the last so many days, however many they are. */
export const mostRuns = 200;
const unfinishedDays = 30;

/**
 * Makes room for a new journal: the oldest ones go, first those of runs that have ended, then those that did not for 30 days
 * and can hardly be gone on with. What cannot be removed stays: that must not keep a run from its work.
 */
export const removeOldRuns = async (state: string, now: number): Promise<void> => {
  const known = await runsIn(state);
  if (known.kind === "problems") return;
  let surplus = known.value.length + 1 - mostRuns;
  for (const mayGo of [hasEnded, isForgotten])
    for (const run of known.value) {
      if (surplus <= 0) return;
      if (await removed(runFile(state, run), () => mayGo({ state, run, now }))) surplus -= 1;
    }
};

type Candidate = { readonly state: string; readonly run: RunId; readonly now: number };

const removed = async (file: string, mayGo: () => Promise<boolean>): Promise<boolean> => {
  try {
    if ((await isBeingWritten(file)) || !(await mayGo())) return false;
    await rm(file);
    await rm(lockFile(file), { force: true });
    return true;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return false;
  }
};

const isBeingWritten = async (file: string): Promise<boolean> => {
  const lock = await readLock(lockFile(file));
  return lock.kind === "unreadable" || (lock.kind === "read" && !(await isGone(lock.record)));
};

/** Of a trial only when hosts have their old values again: until then it can be persisted. */
const hasEnded = async ({ state, run, now }: Candidate): Promise<boolean> => {
  if (!(await endsWithEnd(runFile(state, run)))) return false;
  const found = await findRun(state, run);
  const trial = found.kind === "ok" ? found.value.record.trial : undefined;
  return found.kind !== "ok" || trial === undefined || found.value.last + trial * 1000 < now;
};

/** Only a small last line is looked at: others are not ends. */
const endsWithEnd = async (file: string): Promise<boolean> => {
  const opened = await openOwn(file);
  if (opened.kind === "problems" || opened.value === undefined) return false;
  try {
    const { size } = await opened.value.stat();
    const { buffer, bytesRead } = await opened.value.read(Buffer.alloc(tail), 0, tail, Math.max(0, size - tail));
    const last = buffer.toString("latin1", 0, bytesRead).split("\n").at(-2) ?? "";
    const entry = parseEntry(last);
    return typeof entry !== "string" && endOf(entry.entry) !== undefined;
  } finally {
    await opened.value.close();
  }
};
const tail = 1024;

/** By the time in its name, by this machine's clock. */
const isForgotten = ({ run, now }: Candidate): Promise<boolean> =>
  Promise.resolve(now - startOf(run) > unfinishedDays * 86_400_000);

/** Milliseconds since 1970 at which a run began: `20261122T165150Z-3f9a` begins with it. */
const startOf = (run: RunId): number => Date.parse(run.replace(/^(....)(..)(..T..)(..)(..Z)-.*$/, "$1-$2-$3:$4:$5"));
