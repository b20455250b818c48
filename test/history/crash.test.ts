import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { continueJournal } from "../../src/history/journal.ts";
import { findRun } from "../../src/history/run-log.ts";
import { children, nextLine } from "./children.ts";
import { how, older, recordOf, stateFolders } from "./records.ts";

const newState = stateFolders();
const start = children();

/** Numbers of the hosts whose outcomes stand in the journal. */
const written = async (state: string): Promise<readonly string[]> => {
  const found = await findRun(state, older);
  if (found.kind !== "ok") throw new Error(JSON.stringify(found.problems));
  return found.value.entries.flatMap((entry) => (entry.kind === "outcome" ? [entry.report.name.slice(1)] : []));
};

describe("a process that is killed while it writes its journal", () => {
  it.each([0, 1, 2, 15, 16, 17, 40, 100])("has on disk what was confirmed, after %i confirmed lines", async (after) => {
    const state = await newState();
    const child = start({ kind: "write", state, record: recordOf(older), entries: 1_000_000 });
    const confirmed: string[] = [];
    expect(await nextLine(child)).toBe("open");
    while (confirmed.length < after) confirmed.push(await nextLine(child));
    await child.kill();
    for await (const line of child.lines) confirmed.push(line);
    const on = await continueJournal(state, older, how);
    expect(on.kind).toBe("ok");
    const found = new Set(await written(state));
    expect(confirmed.filter((number) => !found.has(number))).toEqual([]);
    if (on.kind === "ok") await on.value.journal.close();
  });
});

describe("a full disk", () => {
  it("is told by the first line that has no room and by every later one; what was confirmed stands", async () => {
    const state = await newState();
    await mkdir(join(state, "small"));
    const small = join(state, "small");
    const under = `mount -t tmpfs -o size=64k none '${small}' && "$@"; cp -r '${small}/runs' '${state}/runs'`;
    const child = start({ kind: "write", state: small, record: recordOf(older), entries: 1000 }, under);
    const lines: string[] = [];
    for await (const line of child.lines) lines.push(line);
    const confirmed = lines.filter((line) => /^\d+$/.test(line));
    const refused = lines.slice(1).filter((line) => !/^\d+$/.test(line));
    expect(lines[0]).toBe("open");
    expect([confirmed.length > 10, refused.length]).toEqual([true, 1000 - confirmed.length]);
    expect(new Set(refused)).toEqual(new Set([`journal_failed ${small}/runs/${older}.ndjson: ENOSPC`]));
    const found = new Set(await written(state));
    expect(confirmed.filter((number) => !found.has(number))).toEqual([]);
  });

  it("and no file descriptor left: nothing is begun, and that is said", async () => {
    const task = { kind: "write", state: await newState(), record: recordOf(older), entries: 1, hog: true } as const;
    const child = start(task, 'ulimit -n 64; exec "$@"');
    expect(await nextLine(child)).toContain("cannot be written (EMFILE)");
    await child.kill();
  });
});
