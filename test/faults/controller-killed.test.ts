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

/** Ends the controller by kill -9 while a host stands at this point; the host goes on. */
const killedAt = async (words: readonly string[], point: Parameters<FaultHost["faults"]["hold"]>[0]) => {
  const held = await host.faults.hold(point);
  const controller = fleet.start(words);
  await held.reached();
  controller.kill("SIGKILL");
  const ended = await controller.ended;
  await held.release();
  return ended;
};

const idle = () =>
  expect.poll(async () => (await host.faults.count("apply-after")) - (await host.faults.count("apply-before"))).toBe(0);

describe("a controller that is ended by kill -9", () => {
  it("while it gathers: it says nothing that looks like a report, its exit is not 0, and no host has a trace", async () => {
    const ended = await killedAt(["apply", play, "--yes", "--output", "json"], "gather-before");
    expect(ended).toMatchObject({ exit: undefined, signal: "SIGKILL", stdout: "" });
    expect([await host.file(), await host.values()]).toEqual([undefined, old]);
    expect(await host.run("ls /var/lib/ctfleet 2>&1 || :")).toContain("No such file");
  });

  it("in the midst of writing: each file is old or new, and resume reaches the goal", async () => {
    await host.faults.program("mv");
    await killedAt(["apply", play, "--yes"], "program-mv");
    expect([undefined, expect.stringContaining(wanted.generic)]).toContainEqual(await host.file());
    await idle();
    expect(await fleet.report(["resume", "last", "--yes"])).toMatchObject({ exit: 0, summary: { changed: 1 } });
    expect([await host.file(), await host.values()]).toEqual([expect.stringContaining(wanted.icmp), wanted]);
  });

  it("after values were set: the host puts files and values back by itself, and resume makes the change anew", async () => {
    await killedAt(["apply", play, "--yes"], "apply-after");
    expect(await host.values()).toEqual(wanted);
    await expect.poll(host.values, { timeout: 20_000 }).toEqual(old);
    await expect.poll(host.file).toBeUndefined();
    expect(await fleet.report(["resume", "last", "--yes"])).toMatchObject({ exit: 0 });
    expect([await host.file(), await host.values()]).toEqual([expect.stringContaining(wanted.icmp), wanted]);
  });

  it("in a rollback: resume finishes it", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    await killedAt(["rollback", run, "--yes"], "revert-before");
    expect(await fleet.report(["resume", "last", "--yes"])).toMatchObject({ exit: 0 });
    expect([await host.file(), await host.values()]).toEqual([undefined, old]);
  });
});
