import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, counted, differing, etcOf, fill, track } from "./guest.ts";

const raiseCeiling = join(import.meta.dirname, "../../playbooks/raise-ceiling.yaml");

let vm: Vm;
beforeAll(async () => {
  vm = await startVm();
  await track(vm.run);
});
afterAll(() => vm.stop());

describe("a table that is full", () => {
  it("drops packets, and the audit says how many lines and how many drops there are", async () => {
    // In one session: a full table refuses the next one. Then room is left for ctfleet's.
    const during = await fill(vm.run, {
      before: "sysctl -qw net.netfilter.nf_conntrack_max=64",
      flows: 400,
      after: "cat /proc/sys/net/netfilter/nf_conntrack_count; sysctl -qw net.netfilter.nf_conntrack_max=160",
    });
    expect(Number(during)).toBe(64);
    const drops = await counted(vm.run, "drop");
    const lines = Number(await vm.run("dmesg | grep -c 'nf_conntrack: table full, dropping packet'"));
    // Not all of the rest: where a new flow meets an old one that nobody answered in its chain, the old one goes for it.
    expect(drops).toBeGreaterThan(200);
    expect(lines).toBeGreaterThan(0);

    const audit = await vm.ctfleet(["audit"]);
    expect(audit.exit).toBe(2);
    const full = audit.findings.find(({ code }) => code === "CT101");
    expect(full?.["evidence"]).toContain(`${lines} or more lines in dmesg`);
    expect(full?.["evidence"]).toContain(`drop ${drops}`);
  });

  it("is cured live by the shipped play: what was planned is in force, and nothing else changed", async () => {
    const before = { etc: await etcOf(vm.run), kernel: await conntrackValues(vm.run) };
    const applied = await vm.ctfleet(["apply", raiseCeiling, "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });

    const after = { etc: await etcOf(vm.run), kernel: await conntrackValues(vm.run) };
    const files = applied.actions.flatMap(({ path }) => (path === undefined ? [] : [path]));
    const changed = differing(before.etc, after.etc);
    // A folder is not content: only its entries are.
    expect(changed).toEqual(files.sort());

    const set = new Map(
      applied.actions.flatMap(({ kind, key, to }): [string, string][] =>
        kind === "set" ? [[String(key).replace(/^net\.(netfilter\.)?/, ""), String(to)]] : [],
      ),
    );
    const hashsize = applied.actions.find(({ kind }) => kind === "set_hashsize")?.["to"];
    expect(after.kernel.hashsize).toBe(hashsize);
    expect(after.kernel.max).toBe(Number(set.get("nf_conntrack_max")));
    expect(after.kernel.max).toBeGreaterThanOrEqual(65_536);
    // The kernel shows the hash size as a key too, and keeps room for expectations by it only at load.
    const expected = { ...before.kernel.keys, ...Object.fromEntries(set), nf_conntrack_buckets: String(hashsize) };
    expect(after.kernel.keys).toEqual(expected);
  });

  it("drops nothing more under the same traffic, and the old drops are no fault any more", async () => {
    const drops = await counted(vm.run, "drop");
    await fill(vm.run, { flows: 800 });
    expect(await counted(vm.run, "drop")).toBe(drops);

    const audit = await vm.ctfleet(["audit", raiseCeiling]);
    expect(audit).toMatchObject({ outcome: "compliant" });
    const codes = audit.findings.map(({ code }) => code);
    expect(codes).toContain("CT102");
    expect(codes).not.toContain("CT101");
  });

  it("has the same values after a reboot, where the checks of the play hold as they did before", async () => {
    const before = await conntrackValues(vm.run);
    await vm.reboot();
    const after = await conntrackValues(vm.run);
    expect([after.max, after.hashsize]).toEqual([before.max, before.hashsize]);
    for (const key of ["nf_conntrack_generic_timeout", "nf_conntrack_tcp_timeout_established"])
      expect(after.keys[key]).toBe(before.keys[key]);
    expect(await vm.ctfleet(["audit", raiseCeiling])).toMatchObject({ exit: 0, outcome: "compliant" });
  });
});
