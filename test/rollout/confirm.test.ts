import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { RunId } from "../../src/model/brand.ts";
import { memoryJournal } from "../support/apply-options.ts";
import { confirmingHost, type Trouble, theRun } from "../support/confirming-host.ts";
import { compiledPlays } from "../support/play.ts";

const sysctl = "etc/sysctl.d/90-ct.conf";
const generic = "proc/sys/net/netfilter/nf_conntrack_generic_timeout";

const plays = (more: { readonly activate?: string; readonly verify?: string } = {}) =>
  compiledPlays({
    file: "live.yaml",
    text: `
- hosts: all
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /${sysctl}, mode: "0644" }
    - activate: ${more.activate ?? "{ with: live, confirm_within: 2m }"}
${more.verify === undefined ? "" : `    - verify: ${more.verify}`}
`,
  });

let host: ReturnType<typeof confirmingHost>;
afterEach(() => host.remove());

const start = (...troubles: readonly Trouble[]) => {
  host = confirmingHost(troubles);
  return host;
};

const old = (): string => host.read(generic).trim();
const isOld = (): boolean => old() === "600" && !host.has(sysctl);
const isNew = (): boolean => old() === "120" && host.has(sysctl);
const waits = (): boolean => host.has("var/lib/ctfleet/pending");

describe("a live change that goes well", () => {
  it("takes four execs and not one more: read, apply, read, confirm", async () => {
    expect((await start().apply(plays())).kind).toBe("changed");
    expect(host.stages()).toBe("gather apply gather confirm");
    expect([isNew(), waits(), host.has("var/lib/ctfleet/lock")]).toEqual([true, false, false]);
  });

  it("is confirmed over a connection that is newer than the change", async () => {
    await start().apply(plays());
    const [, applied, read, confirmed] = host.execs.map(({ connection }) => connection);
    expect(read).toBeGreaterThan(applied ?? 0);
    expect(confirmed).toBe(read);
  });

  it("finds nothing to do the second time, with one exec", async () => {
    await start().apply(plays());
    host.execs.length = 0;
    expect((await host.apply(plays())).kind).toBe("compliant");
    expect(host.stages()).toBe("gather");
  });

  it.each(["none", "{ with: live, confirm_within: off }"])(
    "waits for nothing where activate is %s: three execs",
    async (activate) => {
      await start().apply(plays({ activate }));
      expect(host.stages()).toBe("gather apply gather");
      expect(waits()).toBe(false);
    },
  );

  it("has its intent on disk before each exec that changes something, and its result after it", async () => {
    await start().apply(plays());
    const told = host.journal.entries.flatMap((one) => ("stage" in one ? [`${one.kind} ${one.stage}`] : []));
    expect(told).toEqual(["intent apply", "result apply", "intent confirm", "result confirm"]);
    const [intent] = host.journal.entries.filter((one) => one.kind === "intent");
    expect(intent).toMatchObject({ token: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
  });
});

describe("contact that is lost in the change", () => {
  it("is settled by reading where the host comes back with the goal and still waits: it is confirmed, and nothing is sent twice", async () => {
    start({ stage: "apply", contact: "lost_after", away: 30_000 });
    expect((await host.apply(plays())).kind).toBe("changed");
    expect(host.stages()).toBe("gather apply gather confirm");
    expect([isNew(), waits()]).toEqual([true, false]);
  });

  it("ends reverted where the host has put itself right before it comes back", async () => {
    start({ stage: "apply", contact: "lost_after", away: 150_000 });
    expect(await host.apply(plays())).toMatchObject({
      kind: "reverted",
      failure: { code: "not_confirmed", detail: expect.stringContaining("timeout") as string },
    });
    expect(isOld()).toBe(true);
  });

  it("is unknown where the host never comes back, which is said with what the host does by itself, inside a deadline", async () => {
    start({ stage: "apply", contact: "lost_after", away: Number.POSITIVE_INFINITY });
    expect(await host.apply(plays())).toMatchObject({
      kind: "unknown",
      failure: {
        code: "not_confirmed",
        sent: true,
        detail: expect.stringContaining("by itself after 120 s") as string,
      },
    });
    expect(host.clock.now()).toBeLessThan(6 * 60_000);
    expect(host.stages()).toBe("gather apply");
  });

  it("is unknown where the script left no trace: it is not sent again", async () => {
    start({ stage: "apply", contact: "lost_before" });
    expect(await host.apply(plays())).toMatchObject({ kind: "unknown", failure: { code: "connection_lost" } });
    expect(host.stages()).toMatch(/^gather apply( gather)+$/);
    expect(host.clock.now()).toBeLessThan(60_000);
  });

  it("tells that it waits, and for how long", async () => {
    start({ stage: "apply", contact: "lost_after", away: 30_000 });
    await host.apply(plays());
    expect(host.events).toContainEqual(expect.objectContaining({ kind: "waiting", left: 300_000 }));
  });

  it("is waited for though a stop was asked for: what is under way is finished", async () => {
    start({ stage: "apply", contact: "lost_after", away: 30_000, meanwhile: () => host.stop.abort() });
    expect((await host.apply(plays())).kind).toBe("changed");
  });
});

describe("a change that cuts the way for new connections", () => {
  it("is not confirmed over the old one: the host puts it back, and that is said", async () => {
    start({ stage: "apply", away: 125_000 });
    expect(await host.apply(plays())).toMatchObject({ kind: "reverted", failure: { code: "not_confirmed" } });
    expect(host.stages()).toBe("gather apply gather");
    expect(isOld()).toBe(true);
  });
});

describe("a confirmation", () => {
  const late: Trouble = { stage: "confirm", contact: "lost_before", away: 150_000 };

  it("that comes too late fails, and says that the host went back", async () => {
    start(late);
    expect(await host.apply(plays())).toMatchObject({
      kind: "reverted",
      failure: { code: "not_confirmed", detail: expect.stringContaining("too late") as string },
    });
    expect(isOld()).toBe(true);
  });

  it("whose answer is lost is sent again with the same token, and counts once", async () => {
    start({ stage: "confirm", contact: "lost_after", away: 10_000 });
    expect((await host.apply(plays())).kind).toBe("changed");
    expect(host.stages()).toBe("gather apply gather confirm confirm");
  });

  it("that never gets through is unknown, with what the host does then", async () => {
    start({ ...late, away: Number.POSITIVE_INFINITY });
    expect(await host.apply(plays())).toMatchObject({
      kind: "unknown",
      failure: { code: "not_confirmed", detail: expect.stringContaining("by itself") as string },
    });
  });
});

describe("a script that could not do all", () => {
  const failing = compiledPlays({
    file: "command.yaml",
    text: `
- hosts: all
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /${sysctl}, mode: "0644" }
    - activate: { with: live, confirm_within: 2m }
    - command: { run: ["false"], unless: ["false"], undo: ["true"] }
`,
  });

  it("is put back at once, and the host is reverted with what failed", async () => {
    expect(await start().apply(failing)).toMatchObject({ kind: "reverted", failure: { code: "command_failed" } });
    expect(host.stages()).toBe("gather apply revert gather");
    expect([isOld(), waits()]).toEqual([true, false]);
  });

  it("is put back once where the answer to that is lost", async () => {
    start({ stage: "revert", contact: "lost_after", away: 5000 });
    expect(await host.apply(failing)).toMatchObject({ kind: "reverted", failure: { code: "command_failed" } });
    expect(host.stages()).toBe("gather apply revert revert gather");
    expect(isOld()).toBe(true);
  });

  it("is failed, not reverted, where the host could not put all of it back, and names that", async () => {
    const noUndo = compiledPlays({
      file: "command.yaml",
      text: `
- hosts: all
  tasks:
    - command: { run: ["true"], unless: ["false"] }
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /${sysctl}, mode: "0644" }
    - activate: { with: live, confirm_within: 2m }
    - command: { run: ["false"], unless: ["false"], undo: ["true"] }
`,
    });
    expect(await start().apply(noUndo)).toMatchObject({
      kind: "failed",
      failure: { code: "revert_failed", detail: expect.stringContaining("command_failed") as string },
    });
    expect(isOld()).toBe(true);
  });
});

describe("a check that does not hold after the change", () => {
  it("keeps the change and confirms it: failed", async () => {
    expect(await start().apply(plays({ verify: '["facts.conntrack.count == 1"]' }))).toMatchObject({
      kind: "failed",
      failure: { code: "verify_false" },
    });
    expect([isNew(), waits()]).toEqual([true, false]);
  });

  it("is the reason also where nothing waits any more when it is to be confirmed", async () => {
    const gone = () => rmSync(`${host.root}/var/lib/ctfleet/pending`);
    start({ stage: "confirm", meanwhile: gone });
    expect(await host.apply(plays({ verify: '["facts.conntrack.count == 1"]' }))).toMatchObject({
      kind: "failed",
      failure: { code: "verify_false" },
    });
  });

  it("puts it back where the play says so: reverted, with the check", async () => {
    const verify = "{ that: [facts.conntrack.count == 1], otherwise: revert }";
    expect(await start().apply(plays({ verify }))).toMatchObject({
      kind: "reverted",
      failure: { code: "verify_false" },
    });
    expect(host.stages()).toBe("gather apply gather revert gather");
    expect([isOld(), waits()]).toEqual([true, false]);
  });
});

describe("a journal that cannot be written", () => {
  const broken = (stage: string) => ({
    journal: {
      write: (entry: Parameters<typeof host.journal.write>[0]) =>
        entry.kind === "intent" && entry.stage === stage
          ? Promise.resolve({ code: "journal_failed", detail: "disk full", sent: false } as const)
          : Promise.resolve(undefined),
    },
  });

  it("before the change: nothing is sent", async () => {
    expect(await start().apply(plays(), broken("apply"))).toMatchObject({
      kind: "failed",
      failure: { code: "journal_failed", sent: false },
    });
    expect(host.stages()).toBe("gather");
    expect(isOld()).toBe(true);
  });

  it("before the confirmation: it is not sent, the host's timer stands and puts the change back", async () => {
    expect(await start().apply(plays(), broken("confirm"))).toMatchObject({
      kind: "unknown",
      failure: { code: "journal_failed", detail: expect.stringContaining("by itself") as string },
    });
    expect([host.stages(), waits()]).toEqual(["gather apply gather", true]);
  });
});

describe("a reboot", () => {
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
    - activate: { with: reboot, stable_for: 30s, confirm_within: ${confirm} }
`,
    });

  it("whose intent cannot be written is not sent: the host's timer stands and puts the files back", async () => {
    start();
    const journal = memoryJournal(
      ({ kind, ...entry }) => kind === "intent" && "stage" in entry && entry.stage !== "apply",
    );
    expect(await host.apply(rebooting("2m"), { journal })).toMatchObject({
      kind: "failed",
      failure: { code: "journal_failed", detail: expect.stringContaining("by itself") as string },
    });
    expect([host.stages(), host.life.reboots, waits()]).toEqual(["gather apply gather", 0, true]);
    host.clock.pass(20 * 60_000);
    await host.connect();
    expect([waits(), host.has(sysctl)]).toEqual([false, false]);
  });

  it("that is not sent gives the host back, where nothing waits for a confirmation", async () => {
    start();
    const journal = memoryJournal((entry) => entry.kind === "intent" && entry.stage === "reboot");
    expect(await host.apply(rebooting("off"), { journal })).toMatchObject({ failure: { code: "journal_failed" } });
    expect([host.has(sysctl), host.has("var/lib/ctfleet/lock")]).toEqual([true, false]);
  });

  it("that is all there is waits for no confirmation: nothing is armed", async () => {
    start();
    const journal = memoryJournal((entry) => entry.kind === "intent" && entry.stage === "reboot");
    await host.apply(rebooting("off"), { journal });
    host.execs.length = 0;
    host.life.onBoot = () => {
      for (const key of ["netfilter/nf_conntrack_max", "nf_conntrack_max"])
        host.write(`proc/sys/net/${key}`, "300000\n");
    };
    expect(await host.apply(rebooting("2m"))).toMatchObject({ kind: "changed", actions: [{ kind: "reboot" }] });
    expect(host.stages()).toBe("gather gather reboot gather gather");
    expect(host.has("var/lib/ctfleet/lock")).toBe(false);
  });

  it("that comes needs nothing more to give the host back", async () => {
    start();
    await host.apply(rebooting("off"));
    expect(host.stages()).toBe("gather apply gather reboot gather gather");
  });
});

describe("a host with nothing to do, on which a change waits", () => {
  const other = "20260101T000000Z-0000cafe" as RunId;
  /** The change of a run that could not confirm it. */
  const leaveWaiting = async (run: RunId) => {
    start();
    const journal = memoryJournal((entry) => entry.kind === "intent" && entry.stage === "confirm");
    expect((await host.apply(plays(), { run, journal })).kind).toBe("unknown");
    expect([isNew(), waits()]).toEqual([true, true]);
  };

  it.each([
    ["of another run", other],
    ["of this run, that it knows nothing of", theRun],
  ])("%s is not compliant: it says whose, and what to do", async (_, run) => {
    await leaveWaiting(run);
    expect(await host.apply(plays())).toMatchObject({
      kind: "not_attempted",
      because: expect.stringMatching(`run ${run} waits .* ctfleet resume ${run}, or wait`) as string,
      actions: [],
    });
    expect([isNew(), waits()]).toEqual([true, true]);
  });

  it("is changed once that has gone back", async () => {
    await leaveWaiting(other);
    host.clock.pass(130_000);
    expect((await host.apply(plays())).kind).toBe("changed");
  });

  it("is compliant where there is no more than a lock", async () => {
    await start().apply(plays());
    const boot = host.read("proc/sys/kernel/random/boot_id").trim();
    host.write("var/lib/ctfleet/lock", `${other} ${boot} 49990 600 jane@bastion\n`);
    expect((await host.apply(plays())).kind).toBe("compliant");
  });
});

describe("a host that another run holds", () => {
  it("is not attempted, keeps its state, and the holder is named", async () => {
    start();
    const boot = host.read("proc/sys/kernel/random/boot_id").trim();
    host.write("var/lib/ctfleet/lock", `20260101T000000Z-0000cafe ${boot} 49990 600 jane@bastion\n`);
    expect(await host.apply(plays())).toMatchObject({
      kind: "not_attempted",
      because: expect.stringContaining("jane@bastion") as string,
    });
    expect([isOld(), host.stages()]).toEqual([true, "gather apply"]);
  });
});
