import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "./kit/fleet.ts";
import type { ScriptKind } from "./kit/host-faults.ts";

let fleet: FaultFleet;
let host: FaultHost;
let play: string;
beforeAll(async () => {
  fleet = await startFleet({ count: 1 });
  [host] = fleet.hosts as [FaultHost];
  play = await fleet.play("usual", usualPlay({ confirm: "30s" }));
});
afterAll(() => fleet.stop());
beforeEach(() => host.renew());

/** Filters for what a script prints: all of it comes, and then what nobody asked for; or it comes spoilt. */
const oddities = [
  ["a flood", "cat; exec yes"],
  ["NUL bytes", "tr '\\n' '\\000'"],
  ["bytes that are no UTF-8", "LC_ALL=C sed 's/ /\\xff /g'"],
] as const;

/** The filter is in force for the first one only. */
const once = (kind: ScriptKind, filter: string): string =>
  `[ "$(wc -l </run/faults/at-${kind}-before)" -le 1 ] || exec cat\n${filter}`;

describe.each(oddities)("%s", (_, filter) => {
  it("from the probe: the host is failed, and nothing is sent to it", async () => {
    await host.faults.filter("gather", filter);
    expect(await fleet.report(["apply", play, "--yes"])).toMatchObject({ exit: 3, summary: { failed: 1 } });
    expect([await host.faults.count("apply-before"), await host.values()]).toEqual([0, old]);
  });

  it("from the script that changes: what became of it is read, and it is not sent again", async () => {
    await host.faults.filter("apply", filter);
    const { exit, hosts } = await fleet.report(["apply", play, "--yes"]);
    expect(await host.faults.count("apply-before")).toBe(1);
    expect(await host.faults.count("gather-after")).toBeGreaterThanOrEqual(2);
    expect(exit === 0).toBe(hosts[0]?.outcome === "changed");
    expect(await host.values()).toEqual(exit === 0 ? wanted : old);
  });

  it("from the confirmation: it is never taken for one", async () => {
    await host.faults.filter("confirm", once("confirm", filter));
    expect((await fleet.report(["apply", play, "--yes"])).exit).toBe(0);
    expect(await host.faults.count("confirm-after")).toBe(2);
  });

  it("from a rollback: it is never taken for one", async () => {
    const { run } = await fleet.report(["apply", play, "--yes"]);
    await host.faults.filter("revert", once("revert", filter));
    expect((await fleet.report(["rollback", run, "--yes"])).exit).toBe(0);
    expect(await host.faults.count("revert-after")).toBe(2);
    expect(await host.values()).toEqual(old);
  });
});
