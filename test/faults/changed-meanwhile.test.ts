import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, managed, old, ownKeys, startFleet, usualPlay, wanted } from "./kit/fleet.ts";

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

/** Somebody does this between the plan and the script that was made from it. */
const meanwhile = async (line: string) => {
  const held = await host.faults.hold("apply-before");
  const ended = fleet.report(["apply", play, "--yes"]);
  await held.reached();
  await host.run(line);
  await held.release();
  return ended;
};

describe("a host that somebody changed between plan and apply", () => {
  it("is skipped where it is a file, and keeps what was written", async () => {
    const mine = `${ownKeys.icmp} = 44`;
    expect(await meanwhile(`echo '${mine}' >${managed}`)).toMatchObject({
      exit: 3,
      summary: { not_attempted: 1 },
    });
    expect([await host.file(), await host.values()]).toEqual([`${mine}\n`, old]);
  });

  it("is skipped where it is a live value, and keeps it; no file is written either", async () => {
    expect(await meanwhile("echo 44 >/run/own-icmp")).toMatchObject({ exit: 3, summary: { not_attempted: 1 } });
    expect([await host.file(), await host.values()]).toEqual([undefined, { ...old, icmp: "44" }]);
  });

  it("is not put back by a rollback either, which names what was changed", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    await host.run(`echo '# mine' >>${managed}`);
    expect(await fleet.report(["rollback", run, "--yes"])).toMatchObject({
      exit: 3,
      hosts: [{ outcome: "not_attempted", because: expect.stringContaining(managed) as string }],
    });
    expect([(await host.file())?.endsWith("# mine\n"), await host.values()]).toEqual([true, wanted]);
  });
});
