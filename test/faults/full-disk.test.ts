import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";

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

const readOnly = "mount --bind /etc /etc && mount -o remount,bind,ro /etc";
const full = "mount -t tmpfs -o size=4k full /var/lib && head -c 4096 /dev/zero >/var/lib/filler";

describe("a host that can keep nothing", () => {
  it("is audited all the same: disk full, and /etc read-only", async () => {
    await host.run(`${readOnly} && ${full} && mount -o remount,ro /tmp`);
    const { exit, hosts } = await fleet.report(["audit", play]);
    await host.run("umount /etc /var/lib; mount -o remount,rw /tmp");
    expect({ exit, outcome: hosts[0]?.outcome }).toEqual({ exit: 2, outcome: "drifted" });
  });

  it.each([
    ["without room for what would undo it", full, "umount /var/lib"],
    ["with /etc read-only", readOnly, "umount /etc"],
  ])("%s is not changed at all", async (_, harm, cure) => {
    await host.run(harm);
    const { exit, hosts } = await fleet.report(["apply", play, "--yes"]);
    await host.run(cure);
    expect(exit).toBe(3);
    expect(["failed", "not_attempted"]).toContain(hosts[0]?.outcome);
    expect([await host.file(), await host.values()]).toEqual([undefined, old]);
  });

  it("when a change is to be put back: says what it could not, and puts back the rest", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    await host.run(readOnly);
    const { exit, hosts } = await fleet.report(["rollback", run, "--yes"]);
    await host.run("umount /etc");
    expect({ exit, outcome: hosts[0]?.outcome, failure: hosts[0]?.failure }).toMatchObject({
      exit: 3,
      outcome: "failed",
      failure: { code: "revert_failed", message: expect.stringContaining("90-faults.conf") as string },
    });
    expect(await host.file()).toContain(wanted.icmp);
    // It is not over: when there is room, the same again finishes it.
    expect((await fleet.report(["rollback", run, "--yes"])).exit).toBe(0);
    expect([await host.file(), await host.values()]).toEqual([undefined, old]);
  });

  it("and that can start no process more is failed, and nothing is sent to it", async () => {
    await host.faults.act(
      "gather-before",
      'exec setpriv --reuid=7001 --clear-groups prlimit --nproc=1 sh -c "$SSH_ORIGINAL_COMMAND" <"$script"',
    );
    expect(await fleet.report(["apply", play, "--yes"])).toMatchObject({ exit: 3, summary: { failed: 1 } });
    expect(await host.faults.count("apply-before")).toBe(0);
  });
});
