import type { BatchSize } from "../model/play.ts";

/**
 * Cuts hosts into batches as Ansible's `serial` does: the sizes in turn, the last one again and again; a percentage is of
 * all hosts, rounded down, and at least one host. No sizes: one batch of all.
 */
export const batches = <T>(hosts: readonly T[], serial: readonly BatchSize[]): readonly (readonly T[])[] => {
  const cut: T[][] = [];
  for (let at = 0; at < hosts.length; ) {
    const size = serial[Math.min(cut.length, serial.length - 1)];
    const end = at + (size === undefined ? hosts.length : countOf(size, hosts.length));
    cut.push(hosts.slice(at, end));
    at = end;
  }
  return cut;
};

const countOf = (size: BatchSize, all: number): number =>
  Math.max(1, size.kind === "count" ? size.hosts : Math.floor((all * size.percent) / 100));

/** May the play go on after so many failures in a batch? The percentage must be exceeded to stop it (Ansible's meaning). */
export const budgetHolds = (
  batch: { readonly hosts: number; readonly failed: number },
  maxFailPercentage: number,
): boolean => batch.failed * 100 <= maxFailPercentage * batch.hosts;
