import { link, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { RunId } from "../model/brand.ts";
import { type Problem, problemOf } from "../model/problem.ts";
import { runId } from "../plan/action-data.ts";
import { codeOf } from "../source/read-text.ts";
import { privateFolder, readOwn, unwritable, writeBeside } from "./private-files.ts";
import { isGone, type ProcessMark, processMark, thisProcess } from "./process-mark.ts";

/** Who asks for a lock, and what for. */
export type LockHolder = {
  readonly run: RunId;
  readonly command: string;
  readonly user: string;
  /** Sources of the inventory, as paths or lists of hosts. */
  readonly inventory: readonly string[];
};

/** What stands in a lock's file: its holder, and the process that holds it. */
export type LockRecord = LockHolder & ProcessMark;

/** A lock that this process holds. */
export type HeldLock = { readonly file: string; readonly text: string };

export type Taken =
  | { readonly kind: "taken"; readonly lock: HeldLock }
  /** `by` is undefined where its file cannot be read, or is of another version. */
  | { readonly kind: "held"; readonly file: string; readonly by: LockRecord | undefined }
  | { readonly kind: "failed"; readonly problem: Problem };

const written = z.strictObject({
  run: runId,
  command: z.string(),
  user: z.string(),
  inventory: z.array(z.string()),
  ...processMark,
});

/**
 * Takes a lock: its file comes to be whole and at once, and one of many wins. A lock whose process is provably gone is
 * taken over; any other is `held`. It never waits.
 */
export const takeLock = async (file: string, holder: LockHolder): Promise<Taken> => {
  try {
    await privateFolder(dirname(file));
    const text = `${JSON.stringify({ schema: 1, ...holder, ...(await thisProcess()) })}\n`;
    return await take(file, text, 0);
  } catch (error) {
    return { kind: "failed", problem: unwritable(file, error, "a run needs it") };
  }
};

/** Looks again where the lock changed hands between two looks. */
const take = async (file: string, text: string, depth: number): Promise<Taken> => {
  const beside = await writeBeside(file, text);
  try {
    for (let look = 0; look < mostLooks; look += 1) {
      const taken = await tryOnce(file, { text, beside, depth });
      if (taken !== "again") return taken;
    }
    return { kind: "held", file, by: undefined };
  } finally {
    await rm(beside, { force: true });
  }
};

/** `beside` has the text already, whole and flushed. `depth` counts takeovers of takeovers. */
type Try = { readonly text: string; readonly beside: string; readonly depth: number };

const tryOnce = async (file: string, one: Try): Promise<Taken | "again"> => {
  if (await linked(one.beside, file)) return { kind: "taken", lock: { file, text: one.text } };
  const found = await readLock(file);
  if (found.kind === "none") return "again";
  if (found.kind === "unreadable") return { kind: "held", file, by: undefined };
  if (one.depth >= mostDepth || !(await isGone(found.record))) return { kind: "held", file, by: found.record };
  return takeOver(file, found, one);
};

/**
 * Only who holds the lock beside a lock may put itself in the place of a stale one: whoever comes late then finds it
 * changed. That one can be stale, too: it is taken in the same way.
 */
const takeOver = async (file: string, stale: LockFound, { text, beside, depth }: Try): Promise<Taken | "again"> => {
  const right = await take(`${file}${turn}`, text, depth + 1);
  if (right.kind !== "taken") return right.kind === "held" ? { ...right, file } : right;
  try {
    const now = await readLock(file);
    if (now.kind !== "read" || now.text !== stale.text) return "again";
    await rename(beside, file);
    return { kind: "taken", lock: { file, text } };
  } finally {
    await releaseLock(right.lock);
  }
};

/** The end of the name of a lock that gives the right to take another one over. */
export const turn = ".turn";

/** A takeover that was itself cut off is taken over; so many times in a row is no accident. */
const mostDepth = 4;
const mostLooks = 10;

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

/** Gives a lock back, if it is still ours. One that cannot be removed is stale as soon as this process has ended. */
export const releaseLock = async ({ file, text }: HeldLock): Promise<void> => {
  const now = await readLock(file);
  if (now.kind !== "read" || now.text !== text) return;
  try {
    await rm(file, { force: true });
  } catch (error) {
    if (codeOf(error) === "") throw error;
  }
};

type LockFound = { readonly record: LockRecord; readonly text: string };

export type LockRead =
  | ({ readonly kind: "read" } & LockFound)
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly problem: Problem };

/** What stands in the file of a lock. */
export const readLock = async (file: string): Promise<LockRead> => {
  const text = await readOwn(file);
  if (text.kind === "problems") return { kind: "unreadable", problem: text.problems[0] };
  if (text.value === undefined) return { kind: "none" };
  const record = parseRecord(text.value);
  return record === undefined
    ? { kind: "unreadable", problem: problemOf(file, "is not a lock that this version can read") }
    : { kind: "read", record, text: text.value };
};

const parseRecord = (text: string): LockRecord | undefined => {
  try {
    const { schema, ...data } = JSON.parse(text) as { readonly schema?: unknown };
    return schema === 1 ? written.parse(data) : undefined;
  } catch {
    return undefined;
  }
};
