import type { InventoryLock } from "../history/inventory-lock.ts";
import type { LockRecord } from "../history/process-lock.ts";
import type { HostName } from "../model/brand.ts";
import { durationText } from "../model/duration.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { HostLock, Reverted } from "../model/own-facts.ts";
import type { Reading } from "../model/reading.ts";
import { describeFailure, describeProblem } from "./describe.ts";
import { printable, safeJson } from "./escape.ts";
import { type Colours, folded, inColumns, plural, type Told } from "./text.ts";

/** What ctfleet has on a host, or why that could not be read. */
export type HostLocks = { readonly name: HostName } & (
  | { readonly kind: "read"; readonly own: Pick<Facts, "lock" | "pending" | "reverted"> }
  | { readonly kind: "failed"; readonly failure: Failure }
);

/** Who holds what: inventories on this controller, and hosts. */
export type AllLocks = { readonly inventories: readonly InventoryLock[]; readonly hosts: readonly HostLocks[] };

/** For who wanted the lock of an inventory and did not get it. `by` is undefined where its file cannot be read. */
export const heldWords = (by: LockRecord | undefined, file: string): string =>
  by === undefined
    ? `ctfleet: ${printable(file)}: the lock of this inventory cannot be read; see: ctfleet locks`
    : `ctfleet: ${holderWords(by)} is changing hosts of this inventory; wait for it, or see: ctfleet locks`;

/** `run R (apply of root, process 4711 on control1)` */
const holderWords = ({ run, command, user, pid, controller }: LockRecord): string =>
  printable(`run ${run} (${command} of ${user}, process ${pid} on ${controller})`);

/** For people: a line for each lock, with hosts of which the same is told on one; those that have nothing are counted. */
export const locksText = ({ inventories, hosts }: AllLocks, colours: Colours): string => {
  const told = hosts.flatMap((host): readonly Told[] => {
    const lines = hostLines(host);
    return lines.length === 0 ? [] : [{ name: host.name, text: lines.join("\n") }];
  });
  const free = hosts.length - told.length;
  return [
    ...inventories.map((lock) => inventoryLine(lock)),
    ...inColumns(folded(told), colours),
    ...(inventories.length === 0 ? ["no inventory is locked on this controller"] : []),
    ...(free > 0 ? [`${plural(free, "host")} with nothing of a run`] : []),
    "",
  ].join("\n");
};

const inventoryLine = (lock: InventoryLock): string => {
  if (lock.kind === "unreadable") return `${describeProblem(lock.problem)}: remove it where no run is under way`;
  const what = `inventory ${lock.by.inventory.map((one) => printable(one)).join(", ") || "by default"}`;
  return lock.kind === "held"
    ? `${what}: ${holderWords(lock.by)} is at work`
    : `${what}: left behind by ${holderWords(lock.by)}, which is gone: the next run takes it over; ctfleet locks --break removes it`;
};

const hostLines = (host: HostLocks): readonly string[] => {
  if (host.kind === "failed") return [describeFailure(host.failure)];
  const { lock, pending, reverted } = host.own;
  return [
    ...readLine(lock, "its lock", lockWords),
    ...readLine(
      pending,
      "what waits for a confirmation",
      ({ run, remaining }) => `run ${run} waits for its confirmation: put back ${inSeconds(remaining)}`,
    ),
    // What a person asked for holds nothing, and nobody need see to it.
    ...(isAsked(reverted) ? [] : readLine(reverted, "what was put back", revertedWords)),
  ];
};

const isAsked = (reverted: Reading<Reverted>): boolean =>
  reverted.kind === "read" && reverted.value.because === "asked" && reverted.value.left.length === 0;

const readLine = <T>(reading: Reading<T>, what: string, words: (value: T) => string): readonly string[] => {
  switch (reading.kind) {
    case "read":
      return [printable(words(reading.value))];
    case "absent":
      return [];
    case "unreadable":
      return [`${what} cannot be read: ${printable(reading.because)}`];
  }
};

const lockWords = ({ run, owner, remaining }: HostLock): string =>
  remaining > 0
    ? `run ${run} of ${owner} has it; it ends by itself ${inSeconds(remaining)}`
    : `left behind by run ${run} of ${owner}: the next run takes it over`;

const becauses: Record<Reverted["because"], string> = {
  timeout: "nobody confirmed it in time",
  boot: "the host went down before it was confirmed",
  asked: "that was asked for",
};

const revertedWords = ({ run, because, left }: Reverted): string =>
  `run ${run} was put back: ${becauses[because]}${left.length === 0 ? "" : `; not put back: ${left.join(", ")}`}`;

const inSeconds = (seconds: number): string => (seconds > 0 ? `in ${durationText(seconds)}` : "now");

/** The same for scripts (schema 1). */
export const locksJson = ({ inventories, hosts }: AllLocks): string =>
  `${safeJson({ schema: 1, command: "locks", inventories: inventories.map(inventoryJson), hosts: hosts.map(hostJson) })}\n`;

const inventoryJson = (lock: InventoryLock) =>
  lock.kind === "unreadable"
    ? { state: lock.kind, file: lock.file, because: lock.problem.message }
    : { state: lock.kind, file: lock.file, ...lock.by };

const hostJson = (host: HostLocks) =>
  host.kind === "failed"
    ? { name: host.name, failure: { code: host.failure.code, message: host.failure.detail } }
    : { name: host.name, ...host.own };
