import { open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupCommit } from "../../src/history/group-commit.ts";
import { continueJournal, openJournal } from "../../src/history/journal.ts";
import { entryLine, parseEntry } from "../../src/history/journal-line.ts";
import { findRun } from "../../src/history/run-log.ts";
import type { BootId } from "../../src/model/brand.ts";
import type { JournalEntry } from "../../src/model/journal.ts";
import {
  changed,
  failure,
  hosts,
  how,
  intent,
  newer,
  older,
  outcome,
  recordOf,
  result,
  stateFolders,
  token,
  write,
} from "./records.ts";

const newState = stateFolders();
const opened = async (state: string, run = older) => {
  const journal = await openJournal(state, recordOf(run), how);
  if (journal.kind !== "ok") throw new Error(JSON.stringify(journal.problems));
  return journal.value;
};

const entries: readonly JournalEntry[] = [
  { kind: "begin", ...recordOf(older, { trial: 60, of: newer }) },
  { kind: "begin", ...recordOf(older, { saved: { file: "/plans/raise.plan", run: newer } }) },
  { kind: "batch", play: 0, number: 1, of: 2, hosts },
  intent("gw1", "apply", { token, actions: [write] }),
  result("gw1", "apply", { failure: failure("write_failed", true) }),
  result("gw1", "confirm"),
  outcome("gw1", changed),
  {
    ...(outcome("gw2", changed) as Extract<JournalEntry, { kind: "outcome" }>),
    seen: {
      boot: { kind: "read", value: "a9236eb2-8719-4750-b84b-ddbe7f96aea3" as BootId },
      drops: { kind: "unreadable", because: "no root" },
    },
  },
  { kind: "stopped", because: "a stop was asked for" },
  { kind: "resumed" },
  { kind: "end", exit: 3 },
];

describe("a line of a journal", () => {
  it.each(entries.map((entry) => [entry.kind, entry] as const))("%s is read as it was written", (_, entry) => {
    expect(parseEntry(entryLine(entry, 1000).trimEnd())).toEqual({ at: 1000, entry });
  });

  it("holds no text of a file, and nothing that acts on a terminal, whatever a host said", () => {
    const secret = entryLine(
      intent("gw1", "apply", { actions: [{ ...write, text: "hunter2", before: "hunter1" } as never] }),
      0,
    );
    expect(secret).not.toContain("hunter");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (detail) => {
        const entry = result("gw1", "apply", { failure: { code: "set_failed", detail, sent: true } });
        const line = entryLine(entry, 0);
        expect(line).toMatch(/^[ -~]*\n$/);
        expect(parseEntry(line.trimEnd())).toEqual({ at: 0, entry });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["no JSON", "{", "is not an entry of a journal"],
    ["no object", "5", "is not an entry of a journal"],
    [
      "a later version",
      '{"schema":2,"kind":"resumed"}',
      "is of another version of ctfleet (schema 2, and this one reads 1): use that one",
    ],
    [
      "another kind",
      '{"schema":1,"at":"2026-11-23T09:00:00.000Z","kind":"hello"}',
      "is not an entry of a journal that this version can read",
    ],
    [
      "one key too many",
      '{"schema":1,"at":"2026-11-23T09:00:00.000Z","kind":"resumed","x":1}',
      'Unrecognized key: "x"',
    ],
    [
      "a host's name that is none",
      entryLine(intent("gw1", "apply"), 0).replace('"gw1"', '"a;reboot"'),
      "host expected a host name",
    ],
  ])("is refused where it is %s", (_, line, message) => {
    expect(parseEntry(line)).toContain(message);
  });

  it("is not begun with an option that could not be read again: that is a defect", () => {
    const record = recordOf(older, { options: { invented: true } });
    expect(() => entryLine({ kind: "begin", ...record }, 0)).toThrow("invented");
  });
});

describe("a journal", () => {
  it("has its record first, and every entry in the order in which it was written", async () => {
    const state = await newState();
    const journal = await opened(state);
    const many = Array.from({ length: 200 }, (_, at) => outcome(`h${at}`, { kind: "compliant" }));
    expect(new Set(await Promise.all(many.map((one) => journal.write(one))))).toEqual(new Set([undefined]));
    await journal.close();
    await journal.close();
    const found = await findRun(state, "last");
    expect(found).toMatchObject({ kind: "ok", value: { record: recordOf(older), began: how.now(), last: how.now() } });
    expect(found.kind === "ok" && found.value.entries.slice(1)).toEqual(many);
  });

  it("is for its owner alone, in a folder of its own", async () => {
    const journal = await opened(await newState());
    expect((await stat(journal.file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(journal.file, ".."))).mode & 0o777).toBe(0o700);
    await journal.close();
  });

  it("is never begun twice for one run", async () => {
    const state = await newState();
    const journal = await opened(state);
    const underWay = await openJournal(state, recordOf(older), how);
    expect(underWay).toMatchObject({
      problems: [{ message: expect.stringContaining(`the run is under way (process ${process.pid} on`) as unknown }],
    });
    await journal.close();
    expect(await openJournal(state, recordOf(older), how)).toMatchObject({
      problems: [{ message: "cannot be written (EEXIST): without a journal nothing is changed" }],
    });
  });

  it("says so where it cannot be written", async () => {
    const state = await newState();
    await writeFile(join(state, "runs"), "a file in the way");
    expect(await openJournal(state, recordOf(older), how)).toMatchObject({
      problems: [{ message: "cannot be written (EEXIST): a run needs it" }],
    });
  });
});

describe("a journal that goes on", () => {
  const twoLines = async (state: string) => {
    const journal = await opened(state);
    await journal.write(intent("gw1", "apply"));
    await journal.close();
    return { file: journal.file, bytes: await readFile(journal.file) };
  };

  it("ends with its last whole line, wherever the one after it was cut off", async () => {
    const state = await newState();
    const { file, bytes } = await twoLines(state);
    for (let cut = bytes.indexOf(10) + 1; cut <= bytes.length; cut += 1) {
      await writeFile(file, bytes.subarray(0, cut));
      const found = await findRun(state, older);
      expect(found.kind === "ok" && found.value.entries.slice(1)).toEqual(
        cut === bytes.length ? [intent("gw1", "apply")] : [],
      );
    }
  });

  it.each([0, 1, 20, -2, -1])("goes on after that line: what was cut off (at %i) is cut away first", async (at) => {
    const state = await newState();
    const { file, bytes } = await twoLines(state);
    await writeFile(file, bytes.subarray(0, at < 0 ? bytes.length + at : bytes.indexOf(10) + 1 + at));
    const on = await continueJournal(state, older, how);
    if (on.kind !== "ok") throw new Error(JSON.stringify(on.problems));
    await on.value.journal.write({ kind: "resumed" });
    await on.value.journal.close();
    const found = await findRun(state, older);
    expect(found.kind === "ok" && found.value.entries.slice(1)).toEqual([{ kind: "resumed" }]);
  });

  it("has one writer at a time", async () => {
    const state = await newState();
    await twoLines(state);
    const first = await continueJournal(state, "last", how);
    expect(first.kind).toBe("ok");
    expect(await continueJournal(state, older, how)).toMatchObject({
      problems: [{ message: expect.stringContaining("is being written") as unknown }],
    });
    if (first.kind === "ok") await first.value.journal.close();
    const second = await continueJournal(state, older, how);
    expect(second.kind).toBe("ok");
    if (second.kind === "ok") await second.value.journal.close();
  });

  it("is left as it is where it cannot be read, and may be tried again", async () => {
    const state = await newState();
    const { file, bytes } = await twoLines(state);
    await writeFile(file, Buffer.concat([bytes, Buffer.from("garbage\n"), bytes.subarray(0, 9)]));
    for (let time = 0; time < 2; time += 1)
      expect(await continueJournal(state, older, how)).toMatchObject({
        problems: [{ at: { file, line: 3 }, message: "is not an entry of a journal" }],
      });
    expect((await readFile(file)).length).toBe(bytes.length + 17);
  });
});

describe("many writes and few flushes", () => {
  const held = async () => {
    const file = join(await newState(), "lines");
    const handle = await open(file, "ax");
    const flushes: ((error?: Error) => void)[] = [];
    handle.datasync = () =>
      new Promise((done, fail) => {
        flushes.push((error) => (error === undefined ? done() : fail(error)));
      });
    return { file, flushes, group: groupCommit(file, handle) };
  };
  const flushNext = async (flushes: ((error?: Error) => void)[], error?: Error) => {
    await expect.poll(() => flushes.length).toBe(1);
    flushes.shift()?.(error);
  };

  it("a line is confirmed only when it was flushed; those that came meanwhile share the next one", async () => {
    const { file, flushes, group } = await held();
    let confirmed = 0;
    const all = Array.from({ length: 500 }, (_, at) => group.write(`${at}\n`).then(() => (confirmed += 1)));
    await expect.poll(() => flushes.length).toBe(1);
    expect([confirmed, await readFile(file, "utf8")]).toEqual([0, "0\n"]);
    await flushNext(flushes);
    await expect.poll(() => flushes.length).toBe(1);
    expect(confirmed).toBe(1);
    await flushNext(flushes);
    await Promise.all(all);
    expect(await readFile(file, "utf8")).toBe(Array.from({ length: 500 }, (_, at) => `${at}\n`).join(""));
    await group.close();
  });

  it("after one that failed nothing is written any more, and everybody is told the same", async () => {
    const { file, flushes, group } = await held();
    const [first, second] = [group.write("1\n"), group.write("2\n")];
    await flushNext(flushes, Object.assign(new Error("i/o error"), { code: "EIO" }));
    const broken = { code: "journal_failed", detail: `${file}: EIO`, sent: false };
    expect([await first, await second, await group.write("3\n")]).toEqual([broken, broken, broken]);
    expect(await readFile(file, "utf8")).toBe("1\n");
    await group.close();
  });
});
