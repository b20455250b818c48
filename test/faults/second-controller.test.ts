import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";
import type { Point } from "./kit/host-faults.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
let rebooting: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1, life: "comes_back" });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay({ confirm: "1m" }));
  rebooting = await fleet.play(
    "reboot",
    usualPlay({ activate: "reboot, reboot_within: 1m, stable_for: 1s", confirm: "1m" }),
  );
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

/** Another machine: it shares nothing with the first but the hosts. */
const other = () => ({ state: join(fleet.folder, "other-state") });

/** What another controller comes to while the first one stands at this point; then the first one's end. */
const meanwhile = async (words: readonly string[], point: Point, others: readonly string[]) => {
  const held = await host.faults.hold(point);
  const first = fleet.report(words);
  await held.reached();
  const second = await fleet.report(others, other());
  await held.release();
  return { first: await first, second };
};

const locked = {
  exit: 3,
  summary: { not_attempted: 1 },
  hosts: [{ outcome: "not_attempted", because: expect.stringMatching(/^locked: .+@.+ \(run \d{8}T\d{6}Z-/) as string }],
};

describe("another controller on the same host", () => {
  it("may read while the first one is at work", async () => {
    const { first, second } = await meanwhile(["apply", play, "--yes"], "apply-after", ["audit", play]);
    expect(second.exit).not.toBe(3);
    expect(first).toMatchObject({ exit: 0, summary: { changed: 1 } });
  });

  it.each<[string, Point]>([
    ["while the first one writes files", "program-mv"],
    ["while the first one's values wait for their confirmation", "confirm-before"],
  ])("changes nothing %s, and names it", async (_, point) => {
    await host.faults.program("mv");
    const more = await fleet.play("more", usualPlay({ confirm: "1m" }).replaceAll(wanted.icmp, "38"));
    const { first, second } = await meanwhile(["apply", play, "--yes"], point, ["apply", more, "--yes"]);
    expect(second).toMatchObject(locked);
    expect(first).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await host.values()).toEqual(wanted);
  });

  it("does not reboot what the first one is about to reboot, and names it", async () => {
    const before = await host.reboots();
    const words = ["apply", rebooting, "--yes"];
    const { first, second } = await meanwhile(words, "reboot-before", words);
    expect(second).toMatchObject({
      exit: 3,
      hosts: [
        {
          outcome: "failed",
          failure: { code: "reboot_refused", message: expect.stringMatching(/^locked .+@.+ \(run \d{8}T/) as string },
        },
      ],
    });
    expect(first).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await host.reboots()).toBe(before + 1);
  });

  it("puts nothing back while the first one is at work, and names it", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"], other());
    const more = await fleet.play("more", usualPlay({ confirm: "1m" }).replaceAll(wanted.icmp, "38"));
    const { second } = await meanwhile(["apply", more, "--yes"], "apply-after", ["rollback", run, "--yes"]);
    expect(second).toMatchObject(locked);
    expect((await host.values()).icmp).toBe("38");
  });
});

describe("a second run of one controller on one inventory", () => {
  it("does not begin, and names the first one", async () => {
    const held = await host.faults.hold("apply-before");
    const first = fleet.run(["apply", play, "--yes"]);
    await held.reached();
    const { exit, stderr } = await fleet.run(["apply", play, "--yes"]);
    await held.release();
    expect(exit).toBe(1);
    expect(stderr).toMatch(/\d{8}T\d{6}Z-/);
    expect((await first).exit).toBe(0);
    expect(await host.values()).not.toEqual(old);
  });
});
