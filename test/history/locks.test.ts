import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  breakInventoryLock,
  inventoryLocks,
  releaseInventoryLock,
  takeInventoryLock,
} from "../../src/history/inventory-lock.ts";
import { type LockRecord, readLock, takeLock } from "../../src/history/process-lock.ts";
import { isGone, type ProcessMark, thisProcess } from "../../src/history/process-mark.ts";
import { children, nextLine } from "./children.ts";
import { newer, older, stateFolders } from "./records.ts";

const newState = stateFolders();
const start = children();
const holder = { run: older, command: "apply", user: "root", inventory: ["/inventory.yaml"] };
const other = { ...holder, run: newer };

const take = async (state: string, of = holder) => {
  const taken = await takeInventoryLock(state, of);
  if (taken.kind !== "taken") throw new Error(taken.kind);
  return taken.lock;
};

/** The lock of a process that was killed. */
const leaveStale = async (file: string): Promise<void> => {
  const child = start({ kind: "lock", file, run: older });
  expect(await nextLine(child)).toBe("taken");
  await child.kill();
};

describe("the lock of an inventory", () => {
  it("is one run's at a time, and free when it is given back", async () => {
    const state = await newState();
    const lock = await take(state);
    expect(await takeInventoryLock(state, other)).toMatchObject({ kind: "held", by: { run: older, pid: process.pid } });
    await releaseInventoryLock(lock);
    await releaseInventoryLock(await take(state, other));
    expect(await readdir(join(state, "locks"))).toEqual([]);
  });

  it("is the same for the same sources in another order and by another path, and another for others", async () => {
    const state = await newState();
    await writeFile(join(state, "a.yaml"), "");
    await symlink("a.yaml", join(state, "link.yaml"));
    const a = join(state, "a.yaml");
    await take(state, { ...holder, inventory: [a, "h1,h2,"] });
    const same = { ...other, inventory: ["h1,h2,", join(state, "link.yaml"), a] };
    expect((await takeInventoryLock(state, same)).kind).toBe("held");
    expect((await takeInventoryLock(state, { ...other, inventory: [a] })).kind).toBe("taken");
  });

  it("is not taken where its file cannot be read, nor where it cannot be written", async () => {
    const state = await newState();
    const { file } = await take(state);
    for (const text of ["", "{}", (await readFile(file, "utf8")).replace('"schema":1', '"schema":2')]) {
      await writeFile(file, text);
      expect(await takeInventoryLock(state, other)).toEqual({ kind: "held", file, by: undefined });
      expect(await inventoryLocks(state)).toMatchObject({ value: [{ kind: "unreadable", file }] });
    }
    const blocked = await newState();
    await writeFile(join(blocked, "locks"), "");
    expect(await takeInventoryLock(blocked, other)).toMatchObject({
      kind: "failed",
      problem: { message: "cannot be written (EEXIST): a run needs it" },
    });
  });

  it("is shown as held or left behind, and broken by a person only with force where it is held", async () => {
    const state = await newState();
    const { file } = await take(state);
    const [held] = (await listed(state)) as [Awaited<ReturnType<typeof listed>>[number]];
    expect([held.kind, await breakInventoryLock(held, { force: false })]).toEqual(["held", "held"]);
    expect(await breakInventoryLock(held, { force: true })).toBe("broken");
    expect(await breakInventoryLock(held, { force: true })).toBe("gone");
    await leaveStale(file);
    const [stale] = (await listed(state)) as [Awaited<ReturnType<typeof listed>>[number]];
    expect(stale).toMatchObject({ kind: "stale", by: { run: older } });
    const lock = await take(state, other);
    expect(await breakInventoryLock(stale, { force: false })).toBe("gone");
    await releaseInventoryLock(lock);
    expect(await listed(state)).toEqual([]);
  });
  const listed = async (state: string) => {
    const found = await inventoryLocks(state);
    return found.kind === "ok" ? found.value : [];
  };
});

describe("a lock that was left behind", () => {
  it("is taken over by exactly one of many, also where a takeover was itself cut off", async () => {
    const file = join(await newState(), "x.lock");
    await leaveStale(file);
    await leaveStale(`${file}.turn`);
    const many = Array.from({ length: 6 }, () => start({ kind: "lock", file, run: newer }));
    const came = await Promise.all(many.map(nextLine));
    expect(came.toSorted()).toEqual(["held", "held", "held", "held", "held", "taken"]);
    const now = await readLock(file);
    expect(now).toMatchObject({ kind: "read", record: { run: newer, pid: many[came.indexOf("taken")]?.process.pid } });
    await Promise.all(many.map((child) => child.kill()));
    expect((await readdir(join(file, ".."))).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  it("is told from one that is held by what is known of the process", async () => {
    const mine = await thisProcess();
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const cases: readonly [string, Partial<ProcessMark>, boolean][] = [
      ["this process", {}, false],
      ["its number, started at another time", { started: "1" }, true],
      ["its number, when it started is not known", { started: "" }, false],
      ["a number that nobody has", { pid: gone }, true],
      ["another boot", { boot: "00000000-0000-4000-8000-000000000000" }, true],
      ["a boot that is not known", { boot: "" }, false],
      ["another machine", { controller: "elsewhere", pid: gone }, false],
      ["a container of which nothing is seen here", { namespace: "pid:[1]", pid: gone }, false],
    ];
    for (const [name, mark, is] of cases) expect([name, await isGone({ ...mine, ...mark })]).toEqual([name, is]);
  });

  it("of a process that is dead, and that its parent has not looked after, is left behind", async () => {
    // The shell becomes a program that never waits for its child.
    const parent = start({ kind: "lock", file: "/dev/null/x", run: older }, "sleep 0 & echo $!; exec sleep 60");
    const pid = Number(await nextLine(parent));
    await expect
      .poll(async () => (await readFile(`/proc/${pid}/stat`, "latin1")).split(") ")[1]?.slice(0, 1))
      .toBe("Z");
    const stat = (await readFile(`/proc/${pid}/stat`, "latin1")).split(") ")[1]?.split(" ") ?? [];
    expect(await isGone({ ...(await thisProcess()), pid, started: stat[19] ?? "" })).toBe(true);
    await parent.kill();
  });

  it("where there is no /proc: is held as long as its number is somebody's", async () => {
    const folder = await newState();
    const noProc = 'mount -t tmpfs none /proc; exec "$@"';
    const file = join(folder, "x.lock");
    const first = start({ kind: "lock", file, run: older }, noProc);
    expect(await nextLine(first)).toBe("taken");
    const second = start({ kind: "lock", file, run: newer }, noProc);
    expect(await nextLine(second)).toBe("held");
    await first.kill();
    const third = start({ kind: "lock", file, run: newer }, noProc);
    expect(await nextLine(third)).toBe("taken");
    await Promise.all([second.kill(), third.kill()]);
  });
});

it("a lock says who holds it, to people and to later runs", async () => {
  const file = join(await newState(), "x.lock");
  await takeLock(file, holder);
  const written = JSON.parse(await readFile(file, "utf8")) as LockRecord;
  expect(written).toEqual({ schema: 1, ...holder, ...(await thisProcess()) });
  await mkdir(`${file}.d`);
});
