import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTrial } from "../../src/history/find-trial.ts";
import { openJournal } from "../../src/history/journal.ts";
import { entryLine } from "../../src/history/journal-line.ts";
import { mostRuns } from "../../src/history/retention.ts";
import { findRun, runFile, runsIn } from "../../src/history/run-log.ts";
import type { RunId } from "../../src/model/brand.ts";
import type { JournalEntry, RunRecord } from "../../src/model/journal.ts";
import { how, intent, newer, older, recordOf, stateFolders } from "./records.ts";

const newState = stateFolders();
const { now } = how;

const save = async (state: string, record: RunRecord, entries: readonly JournalEntry[] = []): Promise<string> => {
  await mkdir(join(state, "runs"), { recursive: true, mode: 0o700 });
  const file = runFile(state, record.run);
  const lines = [{ kind: "begin", ...record } as const, ...entries].map((entry) => entryLine(entry, now()));
  await writeFile(file, lines.join(""), { mode: 0o600 });
  return file;
};
const end: JournalEntry = { kind: "end", exit: 0 };

describe("a saved run", () => {
  it("is found by its id, and the newest as `last`", async () => {
    const state = await newState();
    await save(state, recordOf(newer));
    await save(state, recordOf(older));
    expect(await findRun(state, older)).toMatchObject({ value: { record: recordOf(older) } });
    expect(await findRun(state, "last")).toMatchObject({ value: { record: recordOf(newer) } });
    expect(await runsIn(state)).toEqual({ kind: "ok", value: [older, newer] });
  });

  it("names the runs that are known where one is not, and takes no path for one", async () => {
    const state = await newState();
    expect(await findRun(state, "last")).toMatchObject({
      problems: [{ message: "has no run: none was run from this account on this machine" }],
    });
    await save(state, recordOf(older));
    await writeFile(join(state, "secret.ndjson"), await readFile(runFile(state, older)));
    for (const run of [newer, "../secret", "/etc/passwd", "", "__proto__"])
      expect(await findRun(state, run)).toMatchObject({
        problems: [{ message: `has no run ${run}; the newest are ${older}` }],
      });
  });

  it("is not believed where somebody else could have written it, or under another name", async () => {
    const state = await newState();
    const file = await save(state, recordOf(older));
    await chmod(file, 0o666);
    expect(await findRun(state, older)).toMatchObject({
      problems: [{ message: "may be written by others: chmod go-w" }],
    });
    await rm(file);
    await symlink("/dev/zero", file);
    expect(await findRun(state, older)).toMatchObject({ problems: [{ message: "is not a regular file" }] });
    await rm(file);
    await writeFile(file, entryLine({ kind: "begin", ...recordOf(newer) }, 0), { mode: 0o600 });
    expect(await findRun(state, older)).toMatchObject({
      problems: [{ at: { line: 1 }, message: `is not the beginning of run ${older}` }],
    });
  });

  it.each([
    ["nothing", "", 0, "has no whole line: the run was cut off before anything was sent"],
    ["a torn record alone", "{", 0, "has no whole line: the run was cut off before anything was sent"],
    ["an empty line", "\n", 1, "is not an entry of a journal"],
    ["bytes that are no text", "\u00ff\n", 1, "is not text of a journal"],
  ])("is a problem where its file has %s", async (_, text, line, message) => {
    const state = await newState();
    const file = await save(state, recordOf(older));
    await writeFile(file, Buffer.from(text, "latin1"));
    expect(await findRun(state, older)).toMatchObject({ problems: [{ at: { file, line }, message }] });
  });
});

describe("a trial", () => {
  const trial = (run: RunId) => recordOf(run, { trial: 3600 });

  it("is found with the hosts that may have it, the newest as `last`, whatever was run since", async () => {
    const state = await newState();
    await save(state, trial(older), [intent("gw2", "apply")]);
    await save(state, recordOf(newer), [intent("gw1", "apply")]);
    const found = { kind: "ok", value: { record: trial(older), hosts: ["gw2"], ends: now() + 3_600_000 } };
    expect([await findTrial(state, "last"), await findTrial(state, older)]).toEqual([found, found]);
  });

  it("is none where the run was no trial, or no host has it", async () => {
    const state = await newState();
    await save(state, trial(older));
    await save(state, recordOf(newer));
    for (const run of [older, newer])
      expect(await findTrial(state, run)).toMatchObject({
        problems: [{ message: "is not of a trial that a host has" }],
      });
    expect(await findTrial(state, "last")).toMatchObject({
      problems: [{ message: "has no trial: none was run from this account on this machine" }],
    });
  });
});

describe("old journals", () => {
  const runAt = (day: number, number: number) =>
    `${new Date(now() - day * 86_400_000).toISOString().replace(/[-:]|\.\d+/g, "")}-${String(number).padStart(4, "0")}` as RunId;
  /** Begins one more run and gives which of the named ones are still there. */
  const leftOf = async (state: string, named: readonly RunId[]): Promise<readonly boolean[]> => {
    const journal = await openJournal(state, recordOf(runAt(0, 9999)), how);
    if (journal.kind === "ok") await journal.value.close();
    const files = await readdir(join(state, "runs"));
    expect(files.filter((file) => file.endsWith(".ndjson")).length).toBeLessThanOrEqual(mostRuns + 1);
    return named.map((run) => files.includes(`${run}.ndjson`));
  };
  const fill = async (state: string, count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await save(state, recordOf(runAt(1, at)), [end]);
  };

  it("make room for a new one: the oldest that has ended goes, not one that did not, nor a trial that runs", async () => {
    const state = await newState();
    const [open, stopped, trial, ended] = [runAt(9, 1), runAt(8, 1), runAt(7, 1), runAt(6, 1)];
    await save(state, recordOf(open), [intent("gw1", "apply")]);
    await save(state, recordOf(stopped), [{ kind: "end", exit: 130 }]);
    await save(state, recordOf(trial, { trial: 60 }), [end]);
    await save(state, recordOf(ended), [end]);
    await fill(state, mostRuns - 4);
    expect(await leftOf(state, [open, stopped, trial, ended])).toEqual([true, true, true, false]);
  });

  it("that never ended go after 30 days, where there is nothing else", async () => {
    const state = await newState();
    const open = Array.from({ length: mostRuns }, (_, at) => runAt(at === 0 ? 31 : 29, at));
    for (const run of open) await save(state, recordOf(run));
    expect(await leftOf(state, open.slice(0, 2))).toEqual([false, true]);
  });
});
