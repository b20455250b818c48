import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1, life: "comes_back" });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("reboot", usualPlay({ activate: "reboot, reboot_within: 1m, stable_for: 1s" }));
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

const lock = "/run/systemd/inhibit/1";
const inhibit = `mkdir -p /run/systemd/inhibit; printf 'WHAT=shutdown\\nMODE=block\\nWHO=apt\\nWHY=upgrades\\n' >${lock}`;

describe("a host that somebody keeps from rebooting", () => {
  it("between plan and reboot: is not rebooted, keeps its new files for the next boot, and waits for no confirmation", async () => {
    const held = await host.faults.hold("reboot-before");
    const ended = fleet.report(["apply", play, "--yes"]);
    await held.reached();
    await host.run(inhibit);
    await held.release();
    const { exit, hosts } = await ended;
    expect({ exit, host: hosts[0] }).toMatchObject({
      exit: 3,
      host: {
        outcome: "failed",
        failure: { code: "reboot_refused", message: expect.stringContaining("apt") as string },
      },
    });
    expect([await host.reboots(), await host.values()]).toEqual([0, old]);
    expect(await host.file()).toContain(wanted.icmp);
    expect(await host.run("ls /var/lib/ctfleet")).not.toMatch(/^(pending|lock)$/m);
    await host.run(`rm -f ${lock}`);
    expect(await fleet.report(["apply", play, "--yes"])).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await host.values()).toEqual(wanted);
  });
});
