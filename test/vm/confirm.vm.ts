import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, differing, etcOf, eventually, layOut, putBack, track, waitingIn } from "./guest.ts";

const file = "/etc/sysctl.d/90-nf_conntrack.conf";

/** A file and two live values; `more` stands among the tasks. */
const play = (max: number, { within = "2m", more = "" } = {}) => `- name: By a file and in force
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: ${max}, buckets: 40960 } }
    - settings: { path: ${file}, set: { net.netfilter.nf_conntrack_max: ${max} } }
${more}    - activate: { with: live, confirm_within: ${within} }
`;

/** Everything that a change may touch: what is put back is the same as before, byte for byte. */
const stateOf = async (vm: Vm) => ({
  etc: await etcOf(vm.run),
  kernel: await conntrackValues(vm.run),
  rules: await vm.run("iptables -w 10 -S"),
});

const expectState = async (vm: Vm, before: Awaited<ReturnType<typeof stateOf>>) => {
  const now = await stateOf(vm);
  expect(differing(before.etc, now.etc)).toEqual([]);
  expect(now.kernel).toEqual(before.kernel);
  expect(now.rules).toBe(before.rules);
};

let vm: Vm;
beforeAll(async () => {
  vm = await startVm();
  await track(vm.run);
  await vm.run(
    "sysctl -qw net.netfilter.nf_conntrack_max=20000; echo 4096 >/sys/module/nf_conntrack/parameters/hashsize",
  );
});
// Whatever a change came to, nothing of it goes on.
afterEach(async () => {
  expect(await waitingIn(vm.run)).toBe("");
});
afterAll(() => vm.stop());

describe("a change that is confirmed", () => {
  it("is taken back by a rollback: bytes, absence, values; and once is as good as twice", async () => {
    const before = await stateOf(vm);
    const applied = await vm.ctfleet(["apply", await vm.playbook(play(60_000)), "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    expect(await conntrackValues(vm.run)).toMatchObject({ max: 60_000, hashsize: 40_960 });
    expect(await waitingIn(vm.run)).toBe("");

    expect(await vm.ctfleet(["rollback", applied.run, "--yes"])).toMatchObject({ exit: 0, outcome: "changed" });
    await expectState(vm, before);
    expect(await vm.ctfleet(["rollback", applied.run, "--yes"])).toMatchObject({ exit: 0 });
    await expectState(vm, before);
  });

  it("is not taken back where somebody has changed it since: nothing is touched", async () => {
    const applied = await vm.ctfleet(["apply", await vm.playbook(play(60_000)), "--yes"]);
    expect(applied).toMatchObject({ exit: 0, outcome: "changed" });
    await vm.run(`echo '# by hand' >>${file}`);
    const changed = await stateOf(vm);
    const refused = await vm.ctfleet(["rollback", applied.run, "--yes"]);
    expect(refused).toMatchObject({ exit: 3, outcome: "not_attempted" });
    expect(refused.because).toContain(file);
    await expectState(vm, changed);
  });
});

describe("a change that shuts its own door", () => {
  const shut = `    - command:
        run: [iptables, -w, "10", -I, INPUT, -p, tcp, --dport, "22", -j, DROP]
        unless: [iptables, -w, "10", -C, INPUT, -p, tcp, --dport, "22", -j, DROP]
        undo: [iptables, -w, "10", -D, INPUT, -p, tcp, --dport, "22", -j, DROP]
        within: 20s
`;

  it("is taken back by the host, which then lets in again, with all else that was changed", async () => {
    const boot = await vm.bootId();
    const before = await stateOf(vm);
    const applied = await vm.ctfleet([
      "apply",
      await vm.playbook(play(70_000, { within: "20s", more: shut })),
      "--yes",
    ]);
    expect(applied).toMatchObject({ exit: 3, outcome: "reverted", failure: { code: "not_confirmed" } });
    expect(applied.actions.map(({ kind }) => kind)).toContain("run");
    expect(await putBack(vm.run)).toMatchObject({ run: applied.run, boot, why: "timeout" });
    await expectState(vm, before);
  });
});

describe("a controller that is killed after the change", () => {
  it("leaves a host that puts itself back in its time; resume brings it to the goal", async () => {
    const before = await stateOf(vm);
    const started = await vm.ctfleet.start(["apply", await vm.playbook(play(80_000, { within: "20s" })), "--yes"]);
    const run = await started.entered({ kind: "result", stage: "apply" });
    await started.kill();
    const [, , , began = "", seconds = ""] = (await vm.run("cat /var/lib/ctfleet/pending")).split(" ");
    expect(seconds).toBe("20");
    expect((await conntrackValues(vm.run)).max).toBe(80_000);

    await eventually(120_000, async () => (await waitingIn(vm.run)) === "");
    const back = await putBack(vm.run);
    expect(back).toMatchObject({ run, why: "timeout" });
    expect(back.up - Number(began)).toBeGreaterThanOrEqual(20);
    await expectState(vm, before);

    const resumed = await vm.ctfleet(["resume", run, "--yes"]);
    expect(resumed).toMatchObject({ exit: 0, outcome: "changed" });
    expect(await conntrackValues(vm.run)).toMatchObject({ max: 80_000, hashsize: 40_960 });
    expect(await vm.run(`cat ${file}`)).toContain("net.netfilter.nf_conntrack_max = 80000");
  });
});

describe("a clock that jumps while a change waits", () => {
  // Nobody else may put it right again.
  const keepers = "systemd-timesyncd chrony chronyd ntp ntpsec ntpd";
  const rightTime = () => vm.run(`date -s @${Math.ceil(Date.now() / 1000)}`);

  it("neither ends the wait early nor makes it longer", async () => {
    expect(await vm.run(`systemctl is-active ${keepers} | grep -cx active; true`)).toBe("0\n");
    await layOut(vm.run, { [file]: undefined });
    const before = await stateOf(vm);
    const started = await vm.ctfleet.start(["apply", await vm.playbook(play(90_000, { within: "30s" })), "--yes"]);
    await started.entered({ kind: "result", stage: "apply" });
    await started.kill();
    const began = Number((await vm.run("cat /var/lib/ctfleet/pending")).split(" ")[3]);
    const upFor = async () => Number((await vm.run("cut -d . -f 1 /proc/uptime")).trim()) - began;

    await vm.run("date -s '+2 days'");
    await eventually(60_000, async () => (await upFor()) >= 15);
    expect(await vm.run("ls /var/lib/ctfleet/pending")).toContain("pending");
    await vm.run("date -s '-9 days'");
    await eventually(120_000, async () => (await waitingIn(vm.run)) === "");
    const waited = (await putBack(vm.run)).up - began;
    expect(waited).toBeGreaterThanOrEqual(30);
    // An emulated machine is slow, but not that slow.
    expect(waited).toBeLessThan(75);
    await rightTime();
    await expectState(vm, before);
  });
});
