import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, managed, old, startFleet, usualPlay, wanted } from "../faults/kit/fleet.ts";

let fleet: FaultFleet;
let first: FaultHost;
let second: FaultHost;
let play: string;
let plan: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 2 });
  [first, second] = fleet.hosts as [FaultHost, FaultHost];
  play = await fleet.play("usual", usualPlay({ head: "  serial: 1\n", confirm: "60s" }));
  plan = join(fleet.folder, "x.plan");
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  await Promise.all(fleet.hosts.map((host) => host.renew()));
  expect(await fleet.run(["plan", play, "--out", plan])).toMatchObject({ exit: 2 });
});

/** A run of the saved plan that ends by kill -9 when its first host has ended. */
const cutOff = async (): Promise<void> => {
  const kill = { line: '"kind":"outcome"', moment: "after" } as const;
  expect(await fleet.run(["apply", "--plan", plan], { kill })).toMatchObject({ signal: "SIGKILL" });
  expect([await first.values(), await second.values()]).toEqual([wanted, old]);
};

describe("a run of a saved plan that was cut off", () => {
  it("goes on with what was reviewed", async () => {
    await cutOff();
    expect(await fleet.report(["resume", "last"])).toMatchObject({ exit: 0, summary: { changed: 2 } });
    expect(await second.values()).toEqual(wanted);
  });

  it("sends nothing else: a host that was changed since is left alone", async () => {
    await cutOff();
    await second.run(`echo '# mine' >${managed}`);
    expect(await fleet.report(["resume", "last"])).toMatchObject({
      exit: 3,
      hosts: [{ outcome: "changed" }, { name: "h2", outcome: "not_attempted" }],
    });
    expect([await second.file(), await second.values()]).toEqual(["# mine\n", old]);
  });

  it("does not go on without that plan, and does when it is back", async () => {
    await cutOff();
    await rename(plan, `${plan}.away`);
    const refused = await fleet.run(["resume", "last"]);
    expect(refused).toMatchObject({ exit: 1, stdout: "" });
    expect(refused.stderr).toMatch(/x\.plan does not exist; run \S+ goes on with plan \S+, which it was started with/);
    expect(await second.values()).toEqual(old);
    await rename(`${plan}.away`, plan);
    expect(await fleet.report(["resume", "last"])).toMatchObject({ exit: 0 });
  });
});

it("a saved plan for a host that is gone from the inventory names the plan", async () => {
  const inventory = join(fleet.folder, "inventory.yaml");
  const text = await readFile(inventory, "utf8");
  await writeFile(inventory, text.replace(/^ +h2:.*\n/m, ""));
  const { exit, stderr } = await fleet.run(["apply", "--plan", plan]);
  await writeFile(inventory, text);
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/^the plan.*not in the inventory .*: h2/m)]);
});

it("a rollback shows its own run, and the run before it is named where that one is to be put back", async () => {
  const { run } = await fleet.report(["apply", "--plan", plan]);
  const { stdout } = await fleet.run(["rollback", run, "--yes"]);
  expect(stdout).toMatch(/^run \S+\n/);
  expect((await fleet.run(["rollback", "last", "--yes"])).stderr).toContain(`ctfleet rollback ${run}`);
});
