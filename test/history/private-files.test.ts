import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { privateFolder } from "../../src/history/private-files.ts";
import { takeLock } from "../../src/history/process-lock.ts";
import { older, stateFolders } from "./records.ts";

const newState = stateFolders();
const holder = { run: older, command: "apply", user: "root", inventory: ["/inventory.yaml"] };

describe("a private folder", () => {
  it("is made with all that it lies in, for this account alone, by many at once", async () => {
    const state = await newState();
    const folder = join(state, "a/b/c");
    await Promise.all(Array.from({ length: 8 }, () => privateFolder(folder)));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(state, "a"))).mode & 0o777).toBe(0o700);
  });

  it("that others may look into is closed to them, and keeps what is in it", async () => {
    const folder = join(await newState(), "open");
    await mkdir(folder, { mode: 0o755 });
    await writeFile(join(folder, "x"), "");
    await privateFolder(folder);
    expect([(await stat(folder)).mode & 0o777, await readdir(folder)]).toEqual([0o700, ["x"]]);
  });

  it.each([
    ["/proc/nope/ctfleet/locks/x.json", "ENOENT"],
    ["/dev/null/ctfleet/locks/x.json", "EEXIST|ENOTDIR"],
  ])("that cannot be made is told at once, with what to do: %s", async (file, code) => {
    const taken = await takeLock(file, holder);
    expect(taken).toMatchObject({ kind: "failed", problem: { at: { file } } });
    const { message } = (taken as Extract<typeof taken, { kind: "failed" }>).problem;
    expect(message).toMatch(new RegExp(`^cannot be written \\((${code})\\): a run needs it`));
    if (code === "ENOENT") expect(message).toContain("set XDG_STATE_HOME to one that this account may write");
  });
});
