import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";
import type { Point } from "./kit/host-faults.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
let rebooting: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1, user: "deploy", life: "comes_back" });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay({ confirm: "5s" }));
  rebooting = await fleet.play("reboot", usualPlay({ activate: "reboot, reboot_within: 1m, stable_for: 1s" }));
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  await host.renew();
  await answers();
});

const answers = () => host.run("rm -f /etc/sudoers.d/zz-asks");

/** From this point on sudo wants a password, with a lecture before it. */
const asksFrom = async (words: readonly string[], point: Point) => {
  const held = await host.faults.hold(point);
  const ended = fleet.report(words);
  await held.reached();
  await host.writeFile("/etc/sudoers.d/zz-asks", "Defaults lecture=always\ndeploy ALL=(ALL) PASSWD: ALL\n", 0o440);
  await held.release();
  return ended;
};

const refused = { outcome: "failed", failure: { code: expect.stringMatching(/^become_/) as string } };

describe("a sudo that asks where it did not before", () => {
  it("when facts are gathered: the host is failed", async () => {
    expect(await asksFrom(["audit", play], "gather-before")).toMatchObject({ exit: 3, hosts: [refused] });
  });

  it("when files are to be written: none is, and nothing is left behind", async () => {
    const { exit, hosts } = await asksFrom(["apply", play, "--yes"], "apply-before");
    expect(exit).toBe(3);
    expect(hosts[0]?.failure?.code).toMatch(/^become_/);
    expect([await host.file(), await host.values()]).toEqual([undefined, old]);
    expect(await host.run("ls /var/lib/ctfleet 2>&1 || :")).toContain("No such file");
  });

  it("when the change is to be confirmed: it is not, and the host puts itself right", async () => {
    const ended = asksFrom(["apply", play, "--yes"], "confirm-before");
    await expect.poll(host.values, { timeout: 20_000 }).toEqual(wanted);
    await expect.poll(host.values, { timeout: 20_000 }).toEqual(old);
    await answers();
    expect(await ended).toMatchObject({
      exit: 3,
      hosts: [{ outcome: "reverted", failure: { code: "not_confirmed" } }],
    });
  });

  it("when the host is to be rebooted: it is not", async () => {
    const ended = asksFrom(["apply", rebooting, "--yes"], "reboot-before");
    await expect.poll(() => host.faults.count("reboot-after"), { timeout: 30_000 }).toBe(1);
    await answers();
    expect(await ended).toMatchObject({ exit: 3, hosts: [refused] });
    expect(await host.reboots()).toBe(0);
  });

  it("when a change is to be put back: nothing is until it asks no more", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    const ended = asksFrom(["rollback", run, "--yes"], "revert-before");
    await expect.poll(() => host.faults.count("revert-after"), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await host.values()).toEqual(wanted);
    await answers();
    expect(await ended).toMatchObject({ exit: 0 });
    expect(await host.values()).toEqual(old);
  });
});
