import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { predictBoot } from "../../src/conntrack/predict.ts";
import { startVm, type Vm } from "../support/vm.ts";
import { afterBoot, conntrackValues, factsOf, layOut, track } from "./guest.ts";

/** What many hosts have: both values for good, and nothing that loads the module before sysctl.d is applied. */
const trap = {
  "/etc/sysctl.d/90-nf_conntrack.conf": "net.netfilter.nf_conntrack_max = 50000\n",
  "/etc/modprobe.d/nf_conntrack.conf": "options nf_conntrack hashsize=8192\n",
};
const repair = { "/etc/modules-load.d/nf_conntrack.conf": "nf_conntrack\n" };

/** Prediction and kernel, in one form. */
const predicted = async (vm: Vm) => {
  const { max, buckets } = predictBoot(await factsOf(vm.run));
  return { max: max.value, hashsize: buckets.value };
};
const inForce = async (vm: Vm) => {
  const { max, hashsize } = await conntrackValues(vm.run);
  return { max, hashsize };
};

describe("sysctl.d that is applied before the module is there", () => {
  let vm: Vm;
  beforeAll(async () => {
    vm = await startVm();
  });
  afterAll(() => vm.stop());

  it("is predicted to have no effect, and has none: a module that comes later has 8 x hashsize", async () => {
    await layOut(vm.run, trap);
    expect(predictBoot(await factsOf(vm.run)).loaded.when).toBe("never");
    const none = await afterBoot(vm, {});
    expect(none.loaded).toBe(false);

    await vm.run("modprobe nf_conntrack");
    expect(await inForce(vm)).toEqual({ max: 65_536, hashsize: 8192 });
    const audit = await vm.ctfleet(["audit"]);
    expect(audit.findings.map(({ evidence }) => String(evidence)).join()).toContain("after the next boot 65536");
  });
});

describe("a reboot through ctfleet", () => {
  let vm: Vm;
  let play: string;
  const played = (activate: string) => `- name: Fifty thousand
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 50000, buckets: 8192 } }
    - activate: ${activate}
`;
  const rebooting = played("{ with: reboot, reboot_within: 10m, stable_for: 5s }");
  beforeAll(async () => {
    vm = await startVm();
    await track(vm.run);
    await layOut(vm.run, trap);
    play = await vm.playbook(rebooting);
  });
  afterAll(() => vm.stop());

  it("is refused where the next boot would not bring the values", async () => {
    const boot = await vm.bootId();
    const applied = await vm.ctfleet(["apply", play, "--yes"]);
    expect(applied).toMatchObject({ outcome: "failed", failure: { code: "reboot_refused" } });
    expect(applied.failure?.message).toContain("it would not bring the values");
    expect(await vm.bootId()).toBe(boot);
  });

  it("is refused while somebody inhibits it, and nothing is forced", async () => {
    await layOut(vm.run, repair);
    await vm.run(
      "systemd-run --quiet --unit=tape systemd-inhibit --what=shutdown --mode=block --who=backup --why='a tape is running' sleep infinity",
    );
    const boot = await vm.bootId();
    const applied = await vm.ctfleet(["apply", play, "--yes"]);
    expect(applied).toMatchObject({ outcome: "failed", failure: { code: "reboot_refused" } });
    expect(applied.failure?.message).toContain("a tape is running");
    expect(await vm.bootId()).toBe(boot);
    expect((await vm.run("systemctl is-active tape; systemctl list-jobs --no-legend")).trim()).toMatch(/^active/);
    await vm.run("systemctl stop tape");
  });

  it("brings the predicted values in another boot, once", async () => {
    const before = { boot: await vm.bootId(), next: await predicted(vm) };
    expect(before.next).toEqual({ max: 50_000, hashsize: 8192 });
    expect(await inForce(vm)).not.toEqual(before.next);

    const applied = await vm.ctfleet(["apply", play, "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    expect(applied.actions.map(({ kind }) => kind)).toEqual(["reboot"]);
    const boot = await vm.bootId();
    expect(boot).not.toBe(before.boot);
    expect(await inForce(vm)).toEqual(before.next);
    expect(await predicted(vm)).toEqual(before.next);

    expect(await vm.ctfleet(["apply", play, "--yes"])).toMatchObject({ exit: 0, outcome: "compliant" });
    expect(await vm.bootId()).toBe(boot);
  });
});
