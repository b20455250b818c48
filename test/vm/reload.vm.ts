import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, layOut, track } from "./guest.ts";

let vm: Vm;
let play: string;
beforeAll(async () => {
  vm = await startVm();
  await layOut(vm.run, {
    "/etc/modprobe.d/nf_conntrack.conf": "options nf_conntrack hashsize=16384\n",
    "/etc/sysctl.d/90-nf_conntrack.conf": "net.netfilter.nf_conntrack_max = 40000\n",
  });
  await vm.run("modprobe nf_conntrack hashsize=2048");
  play = await vm.playbook(`- name: By a reload
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 40000, buckets: 16384 } }
    - activate: reload
`);
});
afterAll(() => vm.stop());

describe("a reload of the module", () => {
  it("is refused while a rule uses it, and says what holds it", async () => {
    await track(vm.run);
    const before = await conntrackValues(vm.run);
    const applied = await vm.ctfleet(["apply", play, "--yes"]);
    expect(applied).toMatchObject({ outcome: "failed", failure: { code: "module_busy" } });
    expect(applied.failure?.message).toContain("xt_conntrack");
    expect(await conntrackValues(vm.run)).toEqual(before);
  });

  it("is done once nothing uses it, and brings the hash size of modprobe.d", async () => {
    await vm.run("iptables -w 10 -F INPUT");
    const applied = await vm.ctfleet(["apply", play, "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    expect(applied.actions.map(({ kind }) => kind)).toEqual(["reload_modules"]);
    expect(await conntrackValues(vm.run)).toMatchObject({ hashsize: 16_384, max: 40_000 });
    expect(await vm.ctfleet(["audit", play])).toMatchObject({ outcome: "compliant" });
  });
});
