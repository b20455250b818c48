import { createHash } from "node:crypto";
import { readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Checked, Problem } from "../model/problem.ts";
import { codeOf, refusedFor } from "../source/read-text.ts";
import {
  type HeldLock,
  type LockHolder,
  type LockRecord,
  readLock,
  releaseLock,
  type Taken,
  takeLock,
  turn,
} from "./process-lock.ts";
import { isGone } from "./process-mark.ts";

/**
 * Takes the lock of an inventory: of one on a controller at most one run changes hosts. The same sources in another order or
 * by another path are the same inventory; what two inventories have in common is guarded by the locks on the hosts.
 */
export const takeInventoryLock = async (state: string, holder: LockHolder): Promise<Taken> =>
  takeLock(join(state, "locks", `${await nameOf(holder.inventory)}.json`), holder);

/** Gives it back; the file of a process that ended without that is taken over by the next one. */
export const releaseInventoryLock = (lock: HeldLock): Promise<void> => releaseLock(lock);

const nameOf = async (sources: readonly string[]): Promise<string> => {
  const real = await Promise.all(sources.map((source) => realpath(source).catch(() => source)));
  const sorted = [...new Set(real)].sort();
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 32);
};

/** A lock of this account on this controller. `stale`: its process is gone, and the next run takes it over. */
export type InventoryLock =
  | { readonly kind: "held" | "stale"; readonly file: string; readonly by: LockRecord }
  | { readonly kind: "unreadable"; readonly file: string; readonly problem: Problem };

/** All locks of inventories, in the order of their runs. */
export const inventoryLocks = async (state: string): Promise<Checked<readonly InventoryLock[]>> => {
  const folder = join(state, "locks");
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    const found = await Promise.all(names.map((name) => lockAt(join(folder, name))));
    return { kind: "ok", value: found.filter((one) => one !== undefined).sort(byRun) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "ok", value: [] };
    return { kind: "problems", problems: [refusedFor(folder, error)] };
  }
};

const lockAt = async (file: string): Promise<InventoryLock | undefined> => {
  const found = await readLock(file);
  switch (found.kind) {
    case "none":
      return undefined;
    case "unreadable":
      return { kind: "unreadable", file, problem: found.problem };
    case "read":
      return { kind: (await isGone(found.record)) ? "stale" : "held", file, by: found.record };
  }
};

const byRun = (one: InventoryLock, other: InventoryLock): number => (runOf(one) < runOf(other) ? -1 : 1);
const runOf = (lock: InventoryLock): string => (lock.kind === "unreadable" ? "" : lock.by.run);

/** `held`: a process that may be alive has it, and it was not said that it goes all the same. `gone`: it is another's by now. */
export type Broken = "broken" | "held" | "gone";

/**
 * Takes a lock away, for `ctfleet locks`. One whose process is not provably gone only with `force`: a person has looked.
 * Throws what the system says where the file cannot be removed.
 */
export const breakInventoryLock = async (
  lock: InventoryLock,
  { force }: { readonly force: boolean },
): Promise<Broken> => {
  if (lock.kind !== "stale" && !force) return "held";
  if (lock.kind === "unreadable") {
    await rm(lock.file, { force: true });
    return "broken";
  }
  const right = await takeLock(`${lock.file}${turn}`, holderOf(lock.by));
  if (right.kind !== "taken") return "gone";
  try {
    const now = await readLock(lock.file);
    if (now.kind !== "read" || !isSame(now.record, lock.by)) return "gone";
    await rm(lock.file, { force: true });
    return "broken";
  } finally {
    await releaseLock(right.lock);
  }
};

const holderOf = ({ run, command, user, inventory }: LockRecord): LockHolder => ({ run, command, user, inventory });

const isSame = (one: LockRecord, other: LockRecord): boolean =>
  one.run === other.run && one.pid === other.pid && one.started === other.started && one.boot === other.boot;
