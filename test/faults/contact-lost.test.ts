import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";
import type { Point } from "./kit/host-faults.ts";
import type { Way } from "./kit/proxy.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1 });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay({ confirm: "12s" }));
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

/** The way to the host is lost while it stands at this point, until it has come to `until`. */
const lostAt = async (words: readonly string[], lost: { point: Point; way: Way; until: Point }) => {
  const held = await host.faults.hold(lost.point);
  const before = await host.faults.count(lost.until);
  const ended = fleet.report(words);
  await held.reached();
  host.proxy.turn(lost.way);
  await held.release();
  await expect.poll(() => host.faults.count(lost.until)).toBeGreaterThan(before);
  host.proxy.turn("open");
  return ended;
};

describe.each(["cut", "silent"] as const)("a way that is %s", (way) => {
  it("in the midst of writing: what became of it is read from the host, and nothing is sent twice", async () => {
    await host.faults.program("mv");
    const ended = await lostAt(["apply", play, "--yes"], { point: "program-mv", way, until: "apply-after" });
    expect(ended).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect([await host.file(), await host.values()]).toEqual([expect.stringContaining(wanted.icmp), wanted]);
    expect(await host.faults.count("apply-before")).toBe(1);
  });

  it("after values were set: they are read from /proc, confirmed, and nothing is sent twice", async () => {
    const ended = await lostAt(["apply", play, "--yes"], { point: "apply-after", way, until: "apply-after" });
    expect(ended).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect(await host.values()).toEqual(wanted);
    expect(await host.faults.count("apply-before")).toBe(1);
    expect(await host.faults.count("confirm-after")).toBe(1);
  });

  it("in a rollback: it is asked for again, and once is as good as twice", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    const ended = await lostAt(["rollback", run, "--yes"], { point: "revert-before", way, until: "revert-after" });
    expect(ended).toMatchObject({ exit: 0 });
    expect([await host.file(), await host.values()]).toEqual([undefined, old]);
  });
});

describe("a way that is lost until the host has put itself right", () => {
  it.each<Point>(["apply-after", "confirm-before"])(
    "from %s on: the timer on the host stands, and the run says that the host has reverted",
    async (point) => {
      const short = await fleet.play("short", usualPlay({ confirm: "5s" }));
      const held = await host.faults.hold(point);
      const ended = fleet.report(["apply", short, "--yes"]);
      await held.reached();
      host.proxy.turn("cut");
      await expect.poll(host.values, { timeout: 20_000 }).toEqual(old);
      await expect.poll(host.file).toBeUndefined();
      await held.release();
      host.proxy.turn("open");
      expect(await ended).toMatchObject({
        exit: 3,
        summary: { reverted: 1 },
        hosts: [{ failure: { code: "not_confirmed" } }],
      });
    },
  );
});
