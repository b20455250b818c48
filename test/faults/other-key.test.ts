import { afterAll, beforeAll, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, startFleet, usualPlay } from "./kit/fleet.ts";

let fleet: FaultFleet;
let host: FaultHost;
beforeAll(async () => {
  fleet = await startFleet({ count: 1, life: "other_key" });
  [host] = fleet.hosts as [FaultHost];
});
afterAll(() => fleet.stop());

it("a host that has another key when its change is to be put back is not logged in to", async () => {
  const play = await fleet.play("usual", usualPlay());
  const { run } = await fleet.report(["apply", play, "--yes"]);
  const values = await host.values();
  await host.run("/etc/power/power go >/dev/null 2>&1 &");
  await expect.poll(async () => (await fleet.run(["ping"])).stdout, { timeout: 30_000 }).toContain("NOT THE KNOWN ONE");
  const gathered = await host.faults.count("gather-before");
  expect(await fleet.report(["rollback", run, "--yes"])).toMatchObject({
    hosts: [{ outcome: "unreachable", failure: { code: "host_key_changed" } }],
  });
  expect([await host.faults.count("gather-before"), await host.faults.count("revert-before")]).toEqual([gathered, 0]);
  expect(await host.values()).toEqual(values);
});
