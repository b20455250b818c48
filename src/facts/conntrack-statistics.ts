import { firstRead, type Reading, read, unreadable } from "../model/reading.ts";
import { parseReading, positiveNumber } from "./number.ts";
import type { Seen } from "./seen.ts";

/** Counters by name, summed over the rows (one per possible CPU). `entries` repeats on each row: left out. */
export const parseStatistics = (lines: Reading<readonly string[]>): Reading<ReadonlyMap<string, number>> => {
  if (lines.kind !== "read") return lines;
  const [header = [], ...rows] = lines.value.map((line) => line.trim().split(/\s+/));
  const odd = rows.length === 0 || rows.some((row) => row.length !== header.length || !row.every(isHex));
  if (odd) return unreadable("/proc/net/stat: rows that do not fit their header");
  const sums = header.map(
    (name, at) => [name, rows.reduce((sum, row) => sum + Number.parseInt(row[at] ?? "", 16), 0)] as const,
  );
  return read(new Map(sums.flatMap(([name, sum]) => (name === "entries" ? [] : [[counterName(name), sum]]))));
};

/** Kernels since 5.15 head the column of the counter chaintoolong (ct_cpu_seq_show) with a name of its own. */
const counterName = (column: string): string => (column === "chainlength" ? "chaintoolong" : column);

const isHex = (text: string): boolean => /^[0-9a-f]{1,13}$/i.test(text);

// Old kernels have a cache for each network namespace: the name goes on with its id. `_expect` is another table.
const cache = /^(?:nf|ip)_conntrack(?:_[0-9a-f]+)?$/;

/**
 * Bytes of slab from one tracked connection to the next: the size with its alignment, which slabinfo calls objsize and
 * sysfs slab_size. What is left over at a slab's end (at most 1/16) is not in it.
 */
export const parseObjectSize = (seen: Seen): Reading<number> => {
  const slabinfo = parseReading(seen.text("proc/slabinfo"), "/proc/slabinfo", (text) =>
    positiveNumber(
      text
        .split("\n")
        .map((line) => line.split(/\s+/))
        .find(([name = ""]) => cache.test(name))?.[3],
    ),
  );
  const folders = seen.paths.filter((path) => cache.test(/^sys\/kernel\/slab\/(.*)\/slab_size$/.exec(path)?.[1] ?? ""));
  const sizes = folders.map((path) => parseReading(seen.text(path), "slab_size", positiveNumber));
  return firstRead(slabinfo, ...sizes);
};
