import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, ownKeys, startFleet, usualPlay } from "./kit/fleet.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
// The kernel itself refuses what it is asked for: this key takes 0 to 2.
const narrow = "/proc/sys/net/ipv4/tcp_ecn";
const key = `/proc/sys/${ownKeys.generic.replaceAll(".", "/")}`;
beforeAll(async () => {
  fleet = await startFleet({ count: 1 });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay());
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

describe("one value of several that the kernel refuses", () => {
  it("has its own result, and all that was changed is put back at once", async () => {
    await host.run(`mount --bind ${narrow} ${key}`);
    const { exit, hosts } = await fleet.report(["apply", play, "--yes"]);
    await host.run(`umount ${key}`);
    expect({ exit, host: hosts[0] }).toMatchObject({
      exit: 3,
      host: {
        outcome: "reverted",
        failure: { code: "set_failed", message: expect.stringContaining(ownKeys.generic) as string },
      },
    });
    expect([await host.file(), (await host.values()).icmp]).toEqual([undefined, old.icmp]);
    expect(await host.run("ls /var/lib/ctfleet")).not.toMatch(/^(pending|lock)$/m);
  });

  it("when it is put back: is told by name, and the others go back", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    await host.run(`mount --bind ${narrow} ${key}`);
    const { exit } = await fleet.report(["rollback", run, "--yes"]);
    await host.run(`umount ${key}`);
    expect(exit).toBe(3);
  });
});
