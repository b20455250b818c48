import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVm, type Vm } from "../support/vm.ts";
import { conntrackValues, differing, etcOf, eventually, layOut, putBack, waitingIn } from "./guest.ts";

const rulesFile = "/etc/iptables/rules.v4";
const rulesWith = (rule: string) => `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
${rule}
COMMIT
`;

/** What each reader of files at boot found, written down by itself before anything else could change it. */
const witness = (what: string, file: string) => `[Service]\nExecStartPost=/bin/sh -c 'cat ${file} >/run/${what}'\n`;

/** A host whose files bring its values at every boot, as they are now. */
const old = {
  "/etc/modules-load.d/nf_conntrack.conf": "nf_conntrack\n",
  "/etc/modprobe.d/nf_conntrack.conf": "options nf_conntrack hashsize=8192\n",
  "/etc/sysctl.d/90-nf_conntrack.conf": "net.netfilter.nf_conntrack_max = 50000\n",
  [rulesFile]: rulesWith("-A INPUT -s 192.0.2.1 -j DROP"),
  "/etc/systemd/system/systemd-modules-load.service.d/witness.conf": witness(
    "hashsize-then",
    "/sys/module/nf_conntrack/parameters/hashsize",
  ),
  "/etc/systemd/system/systemd-sysctl.service.d/witness.conf": witness(
    "max-then",
    "/proc/sys/net/netfilter/nf_conntrack_max",
  ),
};

const startOldHost = async (): Promise<Vm> => {
  const vm = await startVm();
  await layOut(vm.run, old);
  await vm.run("modprobe nf_conntrack; sysctl -qp /etc/sysctl.d/90-nf_conntrack.conf; netfilter-persistent start");
  await mkdir(join(vm.folder, "templates"));
  return vm;
};

/** Both sizes in files, and in force by `activate`; `more` stands among the tasks. */
const play = (activate: string, more = "") => `- name: Sixty thousand
  hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 60000, buckets: 16384 } }
    - template: { src: modprobe.conf.hbs, dest: /etc/modprobe.d/nf_conntrack.conf, mode: "0644" }
    - settings: { path: /etc/sysctl.d/90-nf_conntrack.conf, set: { net.netfilter.nf_conntrack_max: 60000 } }
${more}    - activate: ${activate}
`;

const stateOf = async (vm: Vm) => {
  const { max, hashsize } = await conntrackValues(vm.run);
  return { etc: await etcOf(vm.run), sizes: { max, hashsize }, rules: await vm.run("iptables -w 10 -S INPUT") };
};

const expectState = async (vm: Vm, before: Awaited<ReturnType<typeof stateOf>>) => {
  const now = await stateOf(vm);
  expect(differing(before.etc, now.etc)).toEqual([]);
  expect(now.sizes).toEqual(before.sizes);
  expect(now.rules).toBe(before.rules);
};

const boots = async (vm: Vm) => Number(await vm.run("journalctl --list-boots | grep -c '[0-9a-f]\\{32\\}'"));
const complaints = (vm: Vm) =>
  vm.run(
    "journalctl -b -o cat | grep -iE 'ordering cycle|ctfleet.*(fail|error)' || true; systemctl --failed --no-legend",
  );

describe("a power cut between change and confirmation", () => {
  let vm: Vm;
  beforeAll(async () => {
    vm = await startOldHost();
  });
  afterAll(() => vm.stop());

  it("gives the host its old files before their readers, and its old values in the boot that follows", async () => {
    const before = await stateOf(vm);
    const boot = await vm.bootId();
    const applied = await vm.ctfleet.start([
      ...["apply", await vm.playbook(play("{ with: live, confirm_within: 5m }")), "--yes"],
    ]);
    const run = await applied.entered({ kind: "result", stage: "apply" });
    await vm.cutPower();
    await vm.backAfter(boot);

    expect(await vm.run("cat /run/hashsize-then /run/max-then")).toBe("8192\n50000\n");
    expect(await unitsInOrder(vm)).toEqual(["ctfleet-revert", "systemd-modules-load", "systemd-sysctl"]);
    expect(await complaints(vm)).toBe("");
    expect(await applied.report).toMatchObject({ exit: 3, outcome: "reverted", failure: { code: "not_confirmed" } });
    expect(await putBack(vm.run)).toMatchObject({ run, boot: await vm.bootId(), why: "boot" });
    await expectState(vm, before);
    expect(await waitingIn(vm.run)).toBe("");
    expect(await boots(vm)).toBe(2);
  });
});

/** The three units of this boot in the order in which they ended, by the journal's own sequence. */
const unitsInOrder = async (vm: Vm): Promise<readonly string[]> => {
  const names = "ctfleet-revert|systemd-modules-load|systemd-sysctl";
  const lines = await vm.run(`journalctl -b -o cat | grep -E '^Finished (${names})\\.service'`);
  return lines
    .trim()
    .split("\n")
    .map((line) => line.replace(/^Finished (.*)\.service.*$/, "$1"));
};

describe("a reboot into a host that lets nobody in", () => {
  let vm: Vm;
  beforeAll(async () => {
    vm = await startOldHost();
    const shut = rulesWith("-A INPUT -p tcp --dport 22 -j DROP");
    await writeFile(join(vm.folder, "templates/rules.v4.hbs"), shut);
  });
  afterAll(() => vm.stop());

  it("is taken back by the host: files and what is in force; it lets in again, and has not booted once more", async () => {
    const before = await stateOf(vm);
    const boot = await vm.bootId();
    const activate = "{ with: reboot, reboot_within: 1m, stable_for: 0s, confirm_within: 30s }";
    const rules = `    - template: { src: rules.v4.hbs, dest: ${rulesFile}, mode: "0644" }\n`;
    const applied = await vm.ctfleet(["apply", await vm.playbook(play(activate, rules)), "--yes"]);
    expect(applied.exit).toBe(3);
    // The host waits for longer than it is waited for: a slow boot is no reason to put anything back.
    expect(applied).toMatchObject({ outcome: "failed", failure: { code: "not_back" } });

    await vm.backAfter(boot);
    expect(await putBack(vm.run)).toMatchObject({ run: applied.run, boot: await vm.bootId(), why: "timeout" });
    await expectState(vm, before);
    expect(await complaints(vm)).toBe("");
    expect(await waitingIn(vm.run)).toBe("");
    expect(await boots(vm)).toBe(2);
  });
});

describe("a controller that is killed after it has sent a reboot", () => {
  let vm: Vm;
  beforeAll(async () => {
    vm = await startOldHost();
  });
  afterAll(() => vm.stop());

  it("has a resume that proves the reboot and confirms it, and does not reboot again", async () => {
    const boot = await vm.bootId();
    const activate = "{ with: reboot, reboot_within: 10m, stable_for: 5s, confirm_within: 5m }";
    const applied = await vm.ctfleet.start(["apply", await vm.playbook(play(activate)), "--yes"]);
    const run = await applied.entered({ kind: "intent", stage: "reboot" });
    // Not before it goes down: until then the script that reboots it may not have come to its end.
    const state = () => vm.run("systemctl is-system-running || true", "", 10_000).catch(() => "down");
    await eventually(120_000, async () => ["stopping\n", "down"].includes(await state()));
    await applied.kill();
    await vm.backAfter(boot);
    const rebooted = await vm.bootId();

    const resumed = await vm.ctfleet(["resume", run, "--yes"]);
    expect(resumed).toMatchObject({ exit: 0, outcome: "changed" });
    expect(await vm.bootId()).toBe(rebooted);
    expect(await boots(vm)).toBe(2);
    expect(await conntrackValues(vm.run)).toMatchObject({ max: 60_000, hashsize: 16_384 });
    expect(await waitingIn(vm.run)).toBe("");
  });
});
