import type { RunId } from "../../src/model/brand.ts";
import type { Failure } from "../../src/model/failure.ts";
import type { Journal, JournalEntry } from "../../src/model/journal.ts";
import type { ApplyOptions } from "../../src/rollout/apply-options.ts";
import type { Effects } from "../../src/rollout/effects.ts";
import type { Walk } from "../../src/rollout/survey.ts";

export type MemoryJournal = Journal & { readonly entries: JournalEntry[] };

/** A journal in memory; `fails` says which entries cannot be written. */
export const memoryJournal = (fails: (entry: JournalEntry) => boolean = () => false): MemoryJournal => {
  const entries: JournalEntry[] = [];
  return {
    entries,
    write: (entry) => {
      if (fails(entry)) return Promise.resolve(diskFull);
      entries.push(entry);
      return Promise.resolve(undefined);
    },
  };
};

const diskFull: Failure = { code: "journal_failed", detail: "no space left on the disk", sent: false };

/** How a run goes over the fleet where a test does not care. */
export const applyOptions = (walk: Walk, more: Partial<ApplyOptions> = {}): ApplyOptions => ({
  run: "20260101T000000Z-0000abcd" as RunId,
  walk,
  journal: memoryJournal(),
  owner: "root@controller",
  seed: 1,
  ask: undefined,
  resumed: new Map(),
  ...more,
});

/** Monday 2026-11-23, 12:00 UTC, and nothing outside that could be run or asked. */
export const nothingOutside: Pick<Effects, "wallClock" | "runLocal" | "httpGet"> = {
  wallClock: () => Date.parse("2026-11-23T12:00:00Z"),
  runLocal: ({ argv: [program] }) => Promise.resolve({ kind: "failed", because: `there is no program ${program}` }),
  httpGet: () => Promise.resolve({ kind: "failed", because: "no answer" }),
};
