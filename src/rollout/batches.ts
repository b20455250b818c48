import type { BatchSize } from "../model/play.ts";
import type { Mark } from "./spread.ts";

/** No host has anything that keeps it from another. */
const nothing = (): readonly Mark[] => [];

/**
 * Cuts hosts into batches as Ansible's `serial` does: the sizes in turn, the last one again and again; a percentage is of
 * all hosts, rounded down, and at least one host. No sizes: one batch of all. Hosts whose marks clash are never in one
 * batch: each batch is filled in order, and who clashes with one that is in it waits for a later one. The first who waits
 * is the first of the next batch, so nobody waits for ever, and there are more batches than sizes ask for.
 */
export const batches = <T>(
  hosts: readonly T[],
  serial: readonly BatchSize[],
  marksOf: (host: T) => readonly Mark[] = nothing,
): readonly (readonly T[])[] => {
  const cut: (readonly T[])[] = [];
  for (let left: readonly T[] = hosts; left.length > 0; ) {
    const size = serial[Math.min(cut.length, serial.length - 1)];
    const { batch, waiting } = fill(left, size === undefined ? left.length : countOf(size, hosts.length), marksOf);
    cut.push(batch);
    left = waiting;
  }
  return cut;
};

const fill = <T>(left: readonly T[], most: number, marksOf: (host: T) => readonly Mark[]) => {
  const batch: T[] = [];
  const waiting: T[] = [];
  const taken = takenMarks();
  let seen = 0;
  while (batch.length < most && seen < left.length) {
    const host = left[seen] as T;
    const marks = marksOf(host);
    if (marks.some(taken.clash)) waiting.push(host);
    else {
      batch.push(host);
      marks.forEach(taken.add);
    }
    seen += 1;
  }
  return { batch, waiting: [...waiting, ...left.slice(seen)] };
};

/** The marks in one batch. A value that is not known clashes with every one of its variable. */
const takenMarks = () => {
  const values = new Map<string, Set<string | undefined>>();
  return {
    clash: ({ variable, value }: Mark): boolean => {
      const taken = values.get(variable);
      return taken !== undefined && (value === undefined || taken.has(value) || taken.has(undefined));
    },
    add: ({ variable, value }: Mark): void => {
      values.set(variable, (values.get(variable) ?? new Set()).add(value));
    },
  };
};

const countOf = (size: BatchSize, all: number): number =>
  Math.max(1, size.kind === "count" ? size.hosts : Math.floor((all * size.percent) / 100));
