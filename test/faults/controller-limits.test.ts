import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Controller } from "./kit/controller.ts";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay } from "./kit/fleet.ts";
import type { Point } from "./kit/host-faults.ts";
import { fillDisk, smallDisk } from "./kit/small-disk.ts";

const count = 6;
let fleet: FaultFleet;
let hosts: readonly FaultHost[];
let host: FaultHost;
let play: string;
let rebooting: string;
beforeAll(async () => {
  fleet = await startFleet({ count, life: "comes_back" });
  hosts = fleet.hosts;
  host = hosts[0]!;
  play = await fleet.play("usual", usualPlay({ confirm: "5s" }));
  const reboot = "reboot, reboot_within: 1m, stable_for: 1s";
  rebooting = await fleet.play("reboot", usualPlay({ activate: reboot, confirm: "5s" }));
});
afterAll(() => fleet.stop());
let started = 0;
let disk: ReturnType<typeof smallDisk>;
beforeEach(async () => {
  await Promise.all(hosts.map((one) => one.renew()));
  const state = join(fleet.folder, `small-${++started}`);
  await mkdir(state);
  disk = smallDisk(state);
});
const running: Controller[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.kill("SIGKILL");
});

/** The disk of the controller's state folder is full from this point of the first host on. */
const fullFrom = async (words: readonly string[], point: Point) => {
  const held = await host.faults.hold(point);
  const controller = fleet.start([...words, "--output", "json"], disk);
  running.push(controller);
  await held.reached();
  await fillDisk(controller.pid, disk.state);
  await held.release();
  return controller.ended;
};

const sum = (counts: { readonly [outcome: string]: number }): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);

describe("a controller that can open few files", () => {
  it("reaches no host that it has no file for, and counts every one once", async () => {
    const ran = await fleet.run(["audit", play, "--output", "json"], { files: 30 });
    if (ran.stdout === "") {
      expect([ran.exit, ran.stderr]).toEqual([1, expect.stringMatching(/EMFILE|open files/)]);
    } else {
      const { summary, hosts: told } = JSON.parse(ran.stdout) as {
        summary: Record<string, number>;
        hosts: { name: string }[];
      };
      expect([sum(summary), told.length]).toEqual([count, count]);
    }
    expect(ran.signal).toBeUndefined();
  });
});

describe("a controller whose disk is full", () => {
  const limit = ["-l", "h1"];

  it("before anything was sent: nothing is, and it says why", async () => {
    const { exit, stderr } = await fullFrom(["apply", play, "--yes", ...limit], "gather-before");
    expect(exit).not.toBe(0);
    expect(stderr).toMatch(/no space|ENOSPC|journal/i);
    expect([await host.faults.count("apply-before"), await host.values()]).toEqual([0, old]);
  });

  it("while a host is changed: nothing more is sent to anyone, and the timer on that host stands", async () => {
    const serial = await fleet.play("serial", usualPlay({ confirm: "5s", head: "  serial: 1\n" }));
    const { exit } = await fullFrom(["apply", serial, "--yes"], "apply-after");
    expect(exit).toBe(3);
    expect(await host.faults.count("confirm-before")).toBe(0);
    expect(await Promise.all(hosts.slice(1).map((one) => one.faults.count("apply-before")))).toEqual(
      hosts.slice(1).map(() => 0),
    );
    await expect.poll(host.values, { timeout: 20_000 }).toEqual(old);
  });

  it("before a reboot: it is not sent", async () => {
    const before = await host.reboots();
    const { exit } = await fullFrom(["apply", rebooting, "--yes", ...limit], "apply-after");
    expect(exit).toBe(3);
    expect(await host.reboots()).toBe(before);
  });

  it("before a rollback: nothing is put back, and it says why", async () => {
    const { run } = await fleet.report(["apply", play, "--yes", "-l", "h2"]);
    const values = await hosts[1]!.values();
    const full = smallDisk(fleet.state, { full: true });
    const { exit, stderr } = await fleet.run(["rollback", run, "--yes"], full);
    expect(exit).not.toBe(0);
    expect(stderr).toMatch(/no space|ENOSPC|journal/i);
    expect(await hosts[1]!.values()).toEqual(values);
  });
});
