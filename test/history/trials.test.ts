import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parseTrial, type TrialRecord, trialText } from "../../src/history/trial-record.ts";
import { findTrial, forgetTrial, saveTrial } from "../../src/history/trials.ts";
import type { RunId } from "../../src/model/brand.ts";

const folders: string[] = [];
let state = "";
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "ctfleet-state-"));
  folders.push(state);
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const record = (run: string): TrialRecord => ({
  run: run as RunId,
  playbook: "/plays/raise.yaml",
  ends: 1_800_000_000_000,
  hosts: ["gw1", "gw2"],
  hadExtraVars: false,
  options: { inventory: ["/inventory.yaml"], become: true },
});
const [older, newer] = ["20261122T165150Z-3f9a12bc", "20261123T080000Z-00000001"];

describe("the record of a trial", () => {
  it("is found by its run, and the newest as `last`", async () => {
    await saveTrial(state, record(newer));
    await saveTrial(state, record(older));
    expect(await findTrial(state, older)).toEqual({ kind: "ok", value: record(older) });
    expect(await findTrial(state, "last")).toEqual({ kind: "ok", value: record(newer) });
  });

  it("is for its owner alone, in a folder of its own", async () => {
    const saved = await saveTrial(state, record(older));
    if (saved.kind !== "ok") throw new Error("not saved");
    expect((await stat(saved.value)).mode & 0o777).toBe(0o600);
    expect((await stat(join(state, "trials"))).mode & 0o777).toBe(0o700);
    expect(parseTrial(await readFile(saved.value, "utf8"))).toEqual(record(older));
  });

  it("names the runs that are known where one is not", async () => {
    expect(await findTrial(state, "last")).toMatchObject({
      problems: [{ message: "has no trial: none was run from this account on this machine" }],
    });
    await saveTrial(state, record(older));
    expect(await findTrial(state, newer)).toMatchObject({
      problems: [{ message: `has no trial ${newer}; the newest are ${older}` }],
    });
  });

  it("takes no path for a run", async () => {
    await saveTrial(state, record(older));
    await writeFile(join(state, "secret.json"), trialText(record(older)));
    for (const run of ["../secret", "/etc/passwd", "", "__proto__"])
      expect(await findTrial(state, run)).toMatchObject({ kind: "problems" });
  });

  it("refuses a file that it did not write", async () => {
    const saved = await saveTrial(state, record(older));
    if (saved.kind !== "ok") throw new Error("not saved");
    for (const text of [
      ...["", "{", "[]"],
      trialText(record(older)).replace('"schema": 1', '"schema": 2'),
      trialText({ ...record(older), options: { inventory: 5 } }),
    ]) {
      await writeFile(saved.value, text);
      expect(await findTrial(state, older)).toMatchObject({
        problems: [{ at: { file: saved.value }, message: "is not a record of a trial that this version can read" }],
      });
    }
  });

  it("is not believed where somebody else could have written it, or under another name", async () => {
    const saved = await saveTrial(state, record(older));
    if (saved.kind !== "ok") throw new Error("not saved");
    await chmod(saved.value, 0o666);
    expect(await findTrial(state, older)).toMatchObject({
      problems: [{ message: "may be written by others: chmod go-w" }],
    });
    await rm(saved.value);
    await symlink("/dev/zero", saved.value);
    expect(await findTrial(state, older)).toMatchObject({ problems: [{ message: "is not a regular file" }] });
    await rm(saved.value);
    await writeFile(saved.value, trialText(record(newer)), { mode: 0o600 });
    expect(await findTrial(state, older)).toMatchObject({ kind: "problems" });
  });

  it("is forgotten where no host has the trial", async () => {
    await saveTrial(state, record(older));
    await forgetTrial(state, older as RunId);
    expect(await findTrial(state, "last")).toMatchObject({ kind: "problems" });
  });

  it("says so where it cannot be written", async () => {
    await writeFile(join(state, "trials"), "a file in the way");
    await chmod(state, 0o700);
    expect(await saveTrial(state, record(older))).toMatchObject({
      problems: [{ message: expect.stringContaining("cannot be written") as unknown }],
    });
  });
});
