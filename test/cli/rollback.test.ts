import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultFleet, type FaultHost, old, startFleet, usualPlay, wanted } from "../faults/kit/fleet.ts";

let fleet: FaultFleet;
beforeAll(async () => {
  fleet = await startFleet({ count: 2, user: "deploy" });
});
afterAll(() => fleet.stop());

describe("a rollback", () => {
  it("ends its run: nothing of that is gone on with", async () => {
    const [first, second] = fleet.hosts as [FaultHost, FaultHost];
    const play = await fleet.play("cut", usualPlay({ head: "  serial: 1\n", confirm: "60s" }));
    const kill = { line: '"kind":"outcome"', moment: "after" } as const;
    expect(await fleet.run(["apply", play, "--yes"], { kill })).toMatchObject({ signal: "SIGKILL" });
    expect([await first.values(), await second.values()]).toEqual([wanted, old]);
    const [journal = ""] = (await readdir(join(fleet.state, "ctfleet/runs"))).filter((name) =>
      name.endsWith(".ndjson"),
    );
    const run = journal.replace(".ndjson", "");
    expect(await fleet.run(["rollback", "last", "--yes"])).toMatchObject({ exit: 0 });
    const resumed = await fleet.run(["resume", run]);
    expect(resumed).toMatchObject({ exit: 1, stderr: expect.stringContaining(`run ${run} was put back by`) as string });
    expect([await first.values(), await second.values()]).toEqual([old, old]);
  });

  // As whom a host was changed only the play of then said.
  it("needs neither the playbook of the run nor all of its hosts: who is gone is told, the others are put back", async () => {
    const [first, second] = fleet.hosts as [FaultHost, FaultHost];
    const inventory = join(fleet.folder, "inventory.yaml");
    const text = (await readFile(inventory, "utf8")).replace(", ansible_become: true", "");
    await writeFile(inventory, text);
    const play = await fleet.play("gone", usualPlay({ head: "  become: true\n", confirm: "60s" }));
    expect(await fleet.report(["apply", play, "--yes"])).toMatchObject({ exit: 0, summary: { changed: 2 } });
    await rm(play);

    const lines = text.split("\n");
    await writeFile(inventory, lines.filter((line) => !line.startsWith(`    ${second.name}:`)).join("\n"));
    const back = await fleet.report(["rollback", "last", "--yes"]);
    expect(back).toMatchObject({
      exit: 3,
      hosts: [
        { name: first.name, outcome: "changed", undone: true },
        {
          name: second.name,
          outcome: "not_attempted",
          because: expect.stringContaining("not in the inventory") as string,
        },
      ],
    });
    expect([await first.values(), await first.file()]).toEqual([old, undefined]);
    expect(await second.values()).toEqual(wanted);
  });
});
