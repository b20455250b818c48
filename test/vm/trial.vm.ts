import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, differing, etcOf, eventually, track } from "./guest.ts";

let vm: Vm;
let play: string;
beforeAll(async () => {
  vm = await startVm();
  await track(vm.run);
  await vm.run("sysctl -qw net.netfilter.nf_conntrack_max=20000");
  play = await vm.playbook(`- name: Eighty thousand
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 80000, buckets: 40960 }, timeouts: { generic: 120 } }
    - settings: { path: /etc/sysctl.d/90-nf_conntrack.conf, set: { net.netfilter.nf_conntrack_max: 80000 } }
    - activate: live
`);
});
afterAll(() => vm.stop());

// While it ends its file has another name.
const runsTrial = async () => (await vm.run("ls /var/lib/ctfleet | grep '^trial' || true")) !== "";

describe("a trial", () => {
  it("sets live values alone, and ends by itself with the old ones", async () => {
    const before = { etc: await etcOf(vm.run), kernel: await conntrackValues(vm.run) };
    const applied = await vm.ctfleet(["apply", play, "--yes", "--trial", "60s"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    expect(new Set(applied.actions.map(({ kind }) => kind))).toEqual(new Set(["set", "set_hashsize"]));

    // The operator has gone, and with it the session that set them.
    await eventually(180_000, async () => !(await runsTrial()));
    expect(await conntrackValues(vm.run)).toEqual(before.kernel);
    expect(differing(before.etc, await etcOf(vm.run))).toEqual([]);
  });

  it("that is persisted leaves its values and its files, and no timer", async () => {
    const tried = await vm.ctfleet(["apply", play, "--yes", "--trial", "1h"]);
    expect(tried).toMatchObject({ exit: 0, outcome: "changed" });
    const values = await conntrackValues(vm.run);
    expect(values.max).toBe(80_000);

    const kept = await vm.ctfleet(["persist", tried.run, "--yes"]);
    expect(kept).toMatchObject({ exit: 0, outcome: "changed" });
    expect(await runsTrial()).toBe(false);
    expect(await vm.run("systemctl list-timers --all --no-legend 'ctfleet-*'")).toBe("");
    expect(await conntrackValues(vm.run)).toEqual(values);
    expect(await vm.ctfleet(["audit", play])).toMatchObject({ outcome: "compliant" });
  });
});
