import { afterEach, describe, expect, it } from "vitest";
import { progressOf } from "../../src/history/progress-of.ts";
import type { HostName } from "../../src/model/brand.ts";
import type { HostStage, RunRecord } from "../../src/model/journal.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import { confirmingHost, type Trouble, theRun } from "../support/confirming-host.ts";
import { compiledPlays } from "../support/play.ts";
import { newBoot } from "../support/rebooting-host.ts";

const sysctl = "etc/sysctl.d/90-ct.conf";
const generic = "proc/sys/net/netfilter/nf_conntrack_generic_timeout";

const playsOf = (activate: string) =>
  compiledPlays({
    file: "resume.yaml",
    text: `
- hosts: all
  before: [{ name: drain, local: [drain] }]
  after: [{ name: undrain, local: [undrain] }]
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /${sysctl}, mode: "0644" }
    - activate: ${activate}
`,
  });
const live = playsOf("{ with: live, confirm_within: 2m }");

let host: ReturnType<typeof confirmingHost>;
afterEach(() => host.remove());

const record = { run: theRun, hosts: ["web1" as HostName] } as unknown as RunRecord;

/** The controller dies where it would write this entry: nothing of it happens any more. */
const dieAt = async (kind: "intent" | "result", stage: HostStage, when: "before" | "after", plays = live, nth = 1) => {
  const { entries } = host.journal;
  let left = nth;
  await new Promise<void>((died, reject) => {
    const write: typeof host.journal.write = (entry) => {
      const isIt = entry.kind === kind && entry.stage === stage && --left === 0;
      if (!isIt || when === "after") entries.push(entry);
      if (!isIt) return Promise.resolve(undefined);
      died();
      return new Promise(() => undefined);
    };
    // A run that ends never came to where it was to die.
    void host
      .apply(plays, { journal: { write } })
      .then((outcome) => reject(new Error(JSON.stringify(outcome))), reject);
  });
  host.execs.length = 0;
  host.local.length = 0;
};

const resume = (plays = live) => host.apply(plays, { resumed: progressOf(record, host.journal.entries).resumed });

/** What is to happen may still be said when the run has died. */
let troubles: Trouble[];
const start = () => {
  troubles = [];
  host = confirmingHost(troubles);
};
const endState = () => [
  host.read(generic).trim(),
  host.has(sysctl),
  host.has("var/lib/ctfleet/pending"),
  host.has("var/lib/ctfleet/lock"),
];
const done = ["120", true, false, false];
const kindsOf = (outcome: Outcome) => ("actions" in outcome ? outcome.actions.map(({ kind }) => kind) : outcome.kind);

describe("a run that was killed, and goes on", () => {
  it.each<["intent" | "result", HostStage, "before" | "after"]>([
    ["intent", "before", "before"],
    ["intent", "before", "after"],
    ["result", "before", "after"],
    ["intent", "apply", "before"],
    ["intent", "apply", "after"],
    ["result", "apply", "before"],
    ["result", "apply", "after"],
    ["intent", "confirm", "before"],
    ["intent", "confirm", "after"],
    ["result", "confirm", "before"],
    ["result", "confirm", "after"],
    ["intent", "after", "before"],
    ["intent", "after", "after"],
    ["result", "after", "before"],
  ])("at the %s of %s (%s it is on disk) comes to the same end state", async (kind, stage, when) => {
    start();
    await dieAt(kind, stage, when);
    expect((await resume()).kind).toBe("changed");
    expect(endState()).toEqual(done);
  });

  it("confirms a change that waits, and sends nothing else", async () => {
    start();
    await dieAt("result", "apply", "after");
    await resume();
    expect(host.stages()).toBe("gather confirm");
  });

  it("runs the after that is owed, also where nothing else is left", async () => {
    start();
    await dieAt("result", "confirm", "after");
    await resume();
    expect(host.local.map(({ argv }) => argv[0])).toEqual(["undrain"]);
  });

  it("runs the after again that had failed, and nothing else", async () => {
    start();
    const well = host.answer.local;
    host.answer.local = ({ argv: [name] }) => ({ kind: "exited", status: name === "undrain" ? 3 : 0, output: "" });
    expect(await host.apply(live)).toMatchObject({ kind: "failed", failure: { code: "after_failed" } });
    host.answer.local = well;
    host.execs.length = 0;
    host.local.length = 0;
    expect((await resume()).kind).toBe("changed");
    expect([host.stages(), host.local.map(({ argv }) => argv[0])]).toEqual(["gather", ["undrain"]]);
  });

  it("applies again what the host has put back meanwhile, and tells it once", async () => {
    start();
    await dieAt("result", "apply", "after");
    host.clock.pass(200_000);
    expect(kindsOf(await resume())).toEqual(["write", "set"]);
    expect(endState()).toEqual(done);
  });

  it("tells what it has had put back for another before as pending, and not as changed", async () => {
    start();
    await dieAt("result", "apply", "after");
    host.write(generic, "600\n");
    host.answer.local = ({ argv: [name] }) => ({ kind: "exited", status: name === "drain" ? 3 : 0, output: "" });
    const outcome = await resume();
    expect(outcome).toMatchObject({
      kind: "not_attempted",
      because: expect.stringContaining("before_failed") as string,
    });
    expect(outcome).not.toMatchObject({ because: expect.stringContaining("did change this host") as string });
    expect(kindsOf(outcome)).toEqual(["write", "set"]);
  });

  it("waits for a host that does not answer yet, and settles it then", async () => {
    start();
    await dieAt("result", "apply", "after");
    host.life.awayUntil = host.clock.now() + 60_000;
    expect((await resume()).kind).toBe("changed");
    expect(endState()).toEqual(done);
  });

  it("says unknown of a host that never answers, and runs its after all the same", async () => {
    start();
    await dieAt("result", "apply", "after");
    host.life.awayUntil = Number.POSITIVE_INFINITY;
    expect((await resume()).kind).toBe("unknown");
    expect(host.local.map(({ argv }) => argv[0])).toEqual(["undrain"]);
  });
});

describe("a run that was killed around a reboot", () => {
  const rebooting = (confirm: string) =>
    compiledPlays({
      file: "reboot.yaml",
      text: `
- hosts: all
  tasks:
    - conntrack: { size: { rule: fixed, max: 300000, buckets: 65536 }, allow_lower: true }
    - template: { src: hashsize.hbs, dest: /etc/modprobe.d/nf_conntrack.conf, mode: "0644" }
    - template: { src: modules-load.conf.hbs, dest: /etc/modules-load.d/nf_conntrack.conf, mode: "0644" }
    - template: { src: max.hbs, dest: /${sysctl}, mode: "0644" }
    - activate: { with: reboot, reboot_within: 1m, stable_for: 30s, confirm_within: ${confirm} }
`,
    });
  const reboot = rebooting("2m");
  const second = compiledPlays({
    file: "second.yaml",
    text: `
- hosts: all
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /etc/sysctl.d/91-ct.conf, mode: "0644" }
    - activate: { with: live, confirm_within: 2m }
`,
  });
  const onBoot = (): void => {
    host.write("proc/sys/net/netfilter/nf_conntrack_max", "300000\n");
    host.write("proc/sys/net/nf_conntrack_max", "300000\n");
  };

  it.each<["intent" | "result", "before" | "after"]>([
    ["intent", "before"],
    ["intent", "after"],
    ["result", "before"],
    ["result", "after"],
  ])("at its %s (%s it is on disk) has rebooted the host once in the end", async (kind, when) => {
    start();
    host.life.onBoot = onBoot;
    await dieAt(kind, "reboot", when, reboot);
    expect((await resume(reboot)).kind).toBe("changed");
    expect(host.life.reboots).toBe(1);
    expect(host.read("proc/sys/kernel/random/boot_id").trim()).toBe(newBoot);
    expect(host.has("var/lib/ctfleet/pending")).toBe(false);
  });

  /** The controller dies when the host was told to reboot, and it has not gone down yet. */
  const dieBeforeItGoesDown = async (plays = reboot) => {
    await dieAt("intent", "reboot", "after", plays);
    host.write(`var/lib/ctfleet/${theRun}/reboot`, host.read("proc/sys/kernel/random/boot_id"));
  };
  const gathers = () => host.execs.filter(({ stage }) => stage === "gather").length;

  it.each<[string, Trouble]>([
    ["when it is looked at once more", { stage: "gather", nth: 2, boots: true }],
    ["when it is told again, which it refuses", { stage: "reboot", boots: true }],
    ["after it was told again, which it refuses", { stage: "gather", nth: 4, boots: true }],
  ])("proves a reboot that comes late: %s", async (_, trouble) => {
    start();
    host.life.onBoot = onBoot;
    await dieBeforeItGoesDown();
    troubles.push(trouble);
    expect((await resume(reboot)).kind).toBe("changed");
    // It is looked at when it is back, and when its time of stability is over.
    expect([host.life.reboots, gathers() >= 4]).toEqual([1, true]);
    expect(host.clock.now()).toBeGreaterThanOrEqual(30_000);
    expect(host.has("var/lib/ctfleet/pending")).toBe(false);
  });

  it("waits for one that comes late where nothing waits for a confirmation, too", async () => {
    start();
    host.life.onBoot = onBoot;
    const unconfirmed = rebooting("off");
    await dieBeforeItGoesDown(unconfirmed);
    troubles.push({ stage: "gather", nth: 4, boots: true });
    expect((await resume(unconfirmed)).kind).toBe("changed");
    expect(host.life.reboots).toBe(1);
  });

  it("sends no second one where the first never comes, and says so", async () => {
    start();
    await dieBeforeItGoesDown();
    expect(await resume(reboot)).toMatchObject({ kind: "failed", failure: { code: "not_rebooted" } });
    expect(host.life.reboots).toBe(0);
  });

  const both = [...reboot, ...second];

  it.each<["intent" | "result", HostStage, number, "before" | "after"]>([
    ["intent", "apply", 1, "after"],
    ["result", "apply", 1, "after"],
    ["intent", "reboot", 1, "before"],
    ["intent", "reboot", 1, "after"],
    ["result", "reboot", 1, "after"],
    ["result", "confirm", 1, "after"],
    ["intent", "apply", 2, "before"],
    ["intent", "apply", 2, "after"],
    ["result", "apply", 2, "before"],
    ["result", "apply", 2, "after"],
    ["intent", "confirm", 2, "after"],
    ["result", "confirm", 2, "after"],
  ])("at the %s of %s number %i, with a play after it, makes both plays", async (kind, stage, nth, when) => {
    start();
    host.life.onBoot = onBoot;
    await dieAt(kind, stage, when, both, nth);
    expect((await resume(both)).kind).toBe("changed");
    expect(host.life.reboots).toBe(1);
    expect([host.read(generic).trim(), host.has(sysctl), host.has("etc/sysctl.d/91-ct.conf")]).toEqual([
      "120",
      true,
      true,
    ]);
    expect([host.has("var/lib/ctfleet/pending"), host.has("var/lib/ctfleet/lock")]).toEqual([false, false]);
  });

  it("puts back what the play after it had half done, and does it anew", async () => {
    start();
    host.life.onBoot = onBoot;
    await dieAt("result", "apply", "after", both, 2);
    host.write(generic, "600\n");
    expect(kindsOf(await resume(both))).toEqual(["write", "write", "write", "reboot", "write", "set"]);
    expect([host.read(generic).trim(), host.life.reboots]).toEqual(["120", 1]);
    expect(host.stages()).toContain("revert");
  });
});
