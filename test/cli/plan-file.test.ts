import { chmod, chown, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlan, recordedPlan, writePlan } from "../../src/cli/plan-file.ts";
import type { RunId } from "../../src/model/brand.ts";
import type { SavedPlan } from "../../src/plan/saved-plan.ts";

const [first, second, run] = [
  "20261122T165150Z-3f9a12bc",
  "20261123T080000Z-00000001",
  "20261123T090000Z-00000002",
].map((id) => id as RunId) as [RunId, RunId, RunId];
const planOf = (id: RunId): SavedPlan => ({
  ...{ run: id, made: 0, playbook: "/p.yaml", digest: "d".repeat(64), seed: 1, options: {}, hosts: [] },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ctfleet-plan-"));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (name: string, id: RunId = first): Promise<string> => {
  const file = join(folder, name);
  expect(await writePlan(file, planOf(id))).toMatchObject({ kind: "ok" });
  return file;
};
const messageOf = (read: Awaited<ReturnType<typeof recordedPlan>>): string =>
  read.kind === "problems" ? read.problems[0].message : "";

describe("the file of a saved plan", () => {
  it("is read as it was written", async () => {
    const file = await written("good");
    expect(await readPlan(file)).toEqual({ kind: "ok", value: { file, plan: planOf(first) } });
  });

  it("is refused where somebody else may have written it, since the seal is no signature", async () => {
    const file = await written("shared");
    await chmod(file, 0o620);
    expect(messageOf(await readPlan(file))).toBe("may be written by others: chmod go-w");
    await chmod(file, 0o600);
    await chown(file, 65534, 65534);
    expect(messageOf(await readPlan(file))).toBe("belongs to another user");
  });

  it("is refused where it is no regular file", async () => {
    const link = join(folder, "link");
    await symlink(await written("target"), link);
    for (const file of [link, folder, "/dev/null"])
      expect(messageOf(await readPlan(file))).toBe("is not a regular file");
    expect(messageOf(await readPlan(join(folder, "none")))).toBe("does not exist");
  });
});

describe("the plan of a run that goes on", () => {
  it("is none where the run was started with none", async () => {
    expect(await recordedPlan({ run, saved: undefined })).toEqual({ kind: "ok", value: undefined });
  });

  it("is the very one that it was started with", async () => {
    const file = await written("same");
    expect(await recordedPlan({ run, saved: { file, run: first } })).toEqual(await readPlan(file));
  });

  it("is refused where the file is gone, broken, or another plan by now, with what to do", async () => {
    const file = await written("other", second);
    const saved = { file, run: first };
    const why = `run ${run} goes on with plan ${first}, which it was started with: put that file back`;
    expect(messageOf(await recordedPlan({ run, saved }))).toBe(
      `is plan ${second} by now; ${why}, or apply this one as a new run`,
    );
    await writeFile(file, "{}\n");
    expect(messageOf(await recordedPlan({ run, saved }))).toMatch(
      /^is no plan that ctfleet saved: .* put that file back/,
    );
    await rm(file);
    expect(messageOf(await recordedPlan({ run, saved }))).toBe(
      `does not exist; ${why}, or make a new plan of what is left`,
    );
  });
});
