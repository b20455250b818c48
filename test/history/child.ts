import { openSync, writeSync } from "node:fs";
import { openJournal } from "../../src/history/journal.ts";
import { takeLock } from "../../src/history/process-lock.ts";
import type { HostName, RunId } from "../../src/model/brand.ts";
import type { RunRecord } from "../../src/model/journal.ts";

/** What a process of its own does, for faults that a test cannot have in its own. */
export type ChildTask =
  /** Begins a journal and writes entries from many hosts at once; prints each number that is confirmed. */
  | {
      readonly kind: "write";
      readonly state: string;
      readonly record: RunRecord;
      readonly entries: number;
      readonly hog?: boolean;
    }
  /** Takes a lock, prints what came of it, and lives until its input ends. */
  | { readonly kind: "lock"; readonly file: string; readonly run: RunId };

const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

/** Leaves this process no file descriptor. */
const takeAllFiles = (): void => {
  try {
    for (;;) openSync("/dev/null", "r");
  } catch {
    return;
  }
};

const writeMany = async ({ state, record, entries, hog }: Extract<ChildTask, { kind: "write" }>): Promise<void> => {
  if (hog === true) takeAllFiles();
  const opened = await openJournal(state, record, { user: "root", now: Date.now });
  if (opened.kind === "problems") {
    say(JSON.stringify(opened.problems));
    return;
  }
  say("open");
  let next = 0;
  const oneHost = async (): Promise<void> => {
    while (next < entries) {
      const number = next;
      next += 1;
      const report = { name: `h${number}` as HostName, outcome: { kind: "compliant" }, findings: [] } as const;
      const failed = await opened.value.write({ kind: "outcome", report, play: 0, seen: undefined });
      say(failed === undefined ? `${number}` : `${failed.code} ${failed.detail}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, oneHost));
  await opened.value.close();
};

const lock = async ({ file, run }: Extract<ChildTask, { kind: "lock" }>): Promise<void> => {
  const taken = await takeLock(file, { run, command: "apply", user: "root", inventory: [] });
  say(taken.kind);
  process.stdin.resume();
};

const task = JSON.parse(process.argv[2] ?? "") as ChildTask;
await (task.kind === "write" ? writeMany(task) : lock(task));
