import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1 });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay({ confirm: "5s" }));
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

const jumps = { within: ["env", `NODE_OPTIONS=--import ${join(import.meta.dirname, "kit/odd-clock.mjs")}`] };

describe("a clock that jumps", () => {
  it("on the controller: hosts are gathered, changed and confirmed as ever", async () => {
    expect((await fleet.report(["audit", play], jumps)).exit).toBe(2);
    expect(await fleet.report(["apply", play, "--yes"], jumps)).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await host.values()).toEqual(wanted);
  });

  it("on the host: no script of ours asks what time it is, and the time to confirm is counted all the same", async () => {
    await host.faults.program("date", "echo 1; exit 0");
    const held = await host.faults.hold("apply-after");
    const controller = fleet.start(["apply", play, "--yes"]);
    await held.reached();
    controller.kill("SIGKILL");
    await held.release();
    await expect.poll(host.values, { timeout: 20_000 }).toEqual(old);
    expect(await host.faults.count("program-date")).toBe(0);
  });
});
