import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, managed, old, startFleet, usualPlay, wanted } from "./fleet.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1 });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay());
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

describe("the fault kit", () => {
  it("lets everything through as it is, and tells the scripts apart", async () => {
    expect(await fleet.report(["apply", play, "--yes"])).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await host.values()).toEqual(wanted);
    expect(await host.file()).toContain(wanted.generic);
    expect(await host.faults.count("gather-before")).toBeGreaterThanOrEqual(2);
    expect(await host.faults.count("apply-after")).toBe(1);
    expect(await host.faults.count("other-before")).toBe(0);
  });

  it("holds a script before and after it ran, and a program in the midst of one", async () => {
    await host.faults.program("mv");
    const [before, within, after] = await Promise.all([
      host.faults.hold("apply-before"),
      host.faults.hold("program-mv"),
      host.faults.hold("apply-after"),
    ]);
    const ended = fleet.run(["apply", play, "--yes"]);
    await before.reached();
    expect(await host.run("ls /var/lib/ctfleet 2>&1 || :")).toContain("No such file");
    await before.release();
    await within.reached();
    expect([await host.file(), await host.run(`ls -A /etc/sysctl.d | grep ctfleet`)]).toEqual([
      undefined,
      expect.stringContaining(".90-faults.conf.ctfleet-"),
    ]);
    await within.release();
    await after.reached();
    expect(await host.values()).toEqual(wanted);
    await after.release();
    expect((await ended).exit).toBe(0);
  });

  it("is silent for a while, and then brings what was said meanwhile", async () => {
    const held = await host.faults.hold("gather-before");
    const ended = fleet.run(["facts"]);
    await held.reached();
    host.proxy.turn("silent");
    await held.release();
    await expect.poll(() => host.faults.count("gather-after")).toBe(1);
    host.proxy.turn("open");
    expect((await ended).exit).toBe(0);
  });

  it("ends a controller by kill -9", async () => {
    const held = await host.faults.hold("gather-before");
    const controller = fleet.start(["apply", play, "--yes"]);
    await held.reached();
    controller.kill("SIGKILL");
    expect(await controller.ended).toMatchObject({ exit: undefined, signal: "SIGKILL", stdout: "" });
    await held.release();
    expect(await host.values()).toEqual(old);
    expect(await host.run(`ls ${managed} 2>&1 || :`)).toContain("No such file");
  });
});
