import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kinds } from "../../src/lab/kinds.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { onHost } from "../lab/ssh.ts";
import { ctfleet, ctfleetJson, type JsonReport } from "../support/ctfleet.ts";

/** Names of hosts by outcome, and by the code of a failure. */
const outcomesOf = ({ hosts }: JsonReport): Readonly<Record<string, readonly string[]>> => {
  const by: Record<string, string[]> = {};
  for (const { name, outcome, failure } of hosts) (by[failure?.code ?? outcome] ??= []).push(name);
  for (const names of Object.values(by)) names.sort();
  return by;
};

const namesBut = (...left: readonly string[]): readonly string[] =>
  kinds
    .map(({ name }) => name)
    .filter((name) => !left.includes(name))
    .sort();

const guests = ["container", "lxc-near-max", "no-conntrack", "openvz"];
/** The play fails on these, each for a good reason that a person must see to. */
const forPeople = ["old-initramfs", "plain-login", "too-large", "tuned-host", "unconfirmed"];

/** A failure of the first of several batches would stop the run. */
const atOnce = ['serial: [1, "10%", "50%"]', "serial: 100%"] as const;

describe.each(["raise-ceiling", "timeouts", "remove-conntrack", "reboot-into-values", "audit"])("%s.yaml", (name) => {
  it("is linted without a word of complaint", async () => {
    expect(await ctfleet(["lint", `playbooks/${name}.yaml`])).toMatchObject({ exit: 0, stderr: "" });
  });
});

// Whole fleets, more than thirty hosts each time.
describe("on every kind of practice host", { timeout: 180_000 }, () => {
  let lab: Lab;
  let reach: readonly string[];
  beforeAll(async () => {
    lab = await startLab();
    reach = ["-i", lab.files.inventory, "--known-hosts", lab.files.knownHosts];
  });
  afterAll(() => lab.stop());

  const apply = async (playbook: string, limit: string) =>
    outcomesOf(await ctfleetJson(["apply", playbook, "-l", limit, "--yes", ...reach]));
  const plan = async (playbook: string, limit: string) =>
    outcomesOf(await ctfleetJson(["plan", playbook, "-l", limit, ...reach]));

  /** A shipped play with other words in it, beside the fleet's files; its templates are the shipped ones. */
  const changedPlay = (name: string, ...changes: readonly (readonly [string, string])[]): string => {
    const text = readFileSync(`playbooks/${name}`, "utf8");
    const path = join(lab.dir, `${changes.map(([, to]) => to.replaceAll(/\W+/g, "-")).join("-")}-${name}`);
    writeFileSync(
      path,
      changes.reduce((now, [from, to]) => now.replace(from, to), text),
    );
    return path;
  };

  it("remove-conntrack.yaml takes it from those that do not need it, and from no other", async () => {
    const playbook = changedPlay("remove-conntrack.yaml", atOnce, [
      "max_fail_percentage: 0",
      "max_fail_percentage: 100",
    ]);
    const { still_needed: needed, ...rest } = await apply(playbook, "all");
    expect(rest).toMatchObject({ changed: ["alpine", "unused"], compliant: ["built-in", "no-conntrack"] });
    expect(needed).toEqual(namesBut("alpine", "unused", "built-in", ...guests));
    expect(await onHost(lab, "unused", "grep -c conntrack proc/modules || :")).toBe("0");
  });

  it("raise-ceiling.yaml changes what can be changed, and then changes nothing", async () => {
    const limit = `all:!${forPeople.join(":!")}`;
    const mine = namesBut(...forPeople, ...guests);
    expect(await apply("playbooks/raise-ceiling.yaml", limit)).toEqual({ changed: mine, skipped: guests });
    expect(await plan("playbooks/raise-ceiling.yaml", limit)).toEqual({ compliant: mine, skipped: guests });
  });

  it("raise-ceiling.yaml fails where values would not survive, until somebody has seen to it", async () => {
    const playbook = changedPlay("raise-ceiling.yaml", atOnce, ["max_fail_percentage: 5", "max_fail_percentage: 100"]);
    const kept = { refused_by_guard: ["too-large"], verify_false: ["old-initramfs", "tuned-host"] };
    expect(await apply(playbook, "too-large:tuned-host:old-initramfs")).toEqual(kept);
    await onHost(lab, "old-initramfs", "update-initramfs -u");
    expect(await plan(playbook, "old-initramfs")).toEqual({ compliant: ["old-initramfs"] });
  });

  it("timeouts.yaml changes what can be changed, and then changes nothing", async () => {
    const limit = "all:!guests:!plain-login:!unconfirmed";
    const mine = namesBut(...guests, "plain-login", "unconfirmed");
    // Where raise-ceiling.yaml has set both timeouts in the same file, nothing is left to do.
    const { changed = [], compliant = [], ...rest } = await apply("playbooks/timeouts.yaml", limit);
    expect({ all: [...changed, ...compliant].sort(), rest }).toEqual({ all: mine, rest: {} });
    expect(await plan("playbooks/timeouts.yaml", limit)).toEqual({ compliant: mine });
  });

  it("reboot-into-values.yaml reboots into the values, and never a host that has asked not to be", async () => {
    const now = ["stable_for: 30s", "stable_for: 0s"] as const;
    const playbook = changedPlay("reboot-into-values.yaml", now, ["share: 5%", "share: 6%"]);
    const some = ["cloud-debian", "debian-full", "el6"];
    const bootId = (name: string) => onHost(lab, name, "cat proc/sys/kernel/random/boot_id");
    const before = await Promise.all(some.map(bootId));
    expect(await apply(playbook, some.join(":"))).toEqual({ changed: some });
    const after = await Promise.all(some.map(bootId));
    expect(after.filter((id, at) => id === before[at])).toEqual([]);
    expect(await plan(playbook, some.join(":"))).toEqual({ compliant: some });
    const larger = changedPlay("reboot-into-values.yaml", now, ["share: 5%", "share: 12%"]);
    expect(await apply(larger, "inhibited")).toEqual({ reboot_refused: ["inhibited"] });
  });
});
