import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, eventually, layOut, putBack, track, waitingIn } from "./guest.ts";

let vm: Vm;
let play: string;
const playing = (activate: string) => `- name: By a reload
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 40000, buckets: 16384 } }
    - activate: ${activate}
`;
beforeAll(async () => {
  vm = await startVm();
  await layOut(vm.run, {
    "/etc/modprobe.d/nf_conntrack.conf": "options nf_conntrack hashsize=16384\n",
    "/etc/sysctl.d/90-nf_conntrack.conf": "net.netfilter.nf_conntrack_max = 40000\n",
  });
  await vm.run("modprobe nf_conntrack hashsize=2048; sysctl -qw net.netfilter.nf_conntrack_udp_timeout=47");
  play = await vm.playbook(playing("reload"));
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

  it("that nobody confirms is taken back by the host: the module has its old values again", async () => {
    await vm.run("iptables -w 10 -F INPUT");
    const before = await conntrackValues(vm.run);
    const hasty = await vm.playbook(playing("{ with: reload, confirm_within: 20s }"));
    const started = await vm.ctfleet.start(["apply", hasty, "--yes"]);
    const run = await started.entered({ kind: "result", stage: "apply" });
    await started.kill();
    expect(await conntrackValues(vm.run)).toMatchObject({ hashsize: 16_384, max: 40_000 });

    await eventually(120_000, async () => (await waitingIn(vm.run)) === "");
    expect(await putBack(vm.run)).toMatchObject({ run, why: "timeout" });
    expect(await conntrackValues(vm.run)).toEqual(before);
  });

  it("is done once nothing uses it, and brings the hash size of modprobe.d", async () => {
    play = await vm.playbook(playing("reload"));
    const applied = await vm.ctfleet(["apply", play, "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    expect(applied.actions.map(({ kind }) => kind)).toEqual(["reload_modules"]);
    expect(await conntrackValues(vm.run)).toMatchObject({ hashsize: 16_384, max: 40_000 });
    expect(await waitingIn(vm.run)).toBe("");
    expect(await vm.ctfleet(["audit", play])).toMatchObject({ outcome: "compliant" });
  });
});
