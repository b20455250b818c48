import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { type HostName, isNonEmpty, type NonEmpty } from "../../src/model/brand.ts";
import type { Effects } from "../../src/rollout/effects.ts";
import { rollbackFleet } from "../../src/rollout/rollback-fleet.ts";
import type { RollbackTarget } from "../../src/rollout/rollback-host.ts";
import { sessions } from "../../src/rollout/sessions.ts";
import { applyOptions, nothingOutside } from "../support/apply-options.ts";
import { confirmingHost, type Trouble, theRun } from "../support/confirming-host.ts";
import { steppingClock } from "../support/fake-clock.ts";
import { compiledPlays } from "../support/play.ts";

const sysctl = "etc/sysctl.d/90-ct.conf";
const generic = "proc/sys/net/netfilter/nf_conntrack_generic_timeout";
const plays = compiledPlays({
  file: "live.yaml",
  text: `
- hosts: all
  tasks:
    - conntrack: { timeouts: { generic: 120 } }
    - template: { src: sysctl.conf.hbs, dest: /${sysctl}, mode: "0644" }
    - activate: { with: live }
`,
});

let host: ReturnType<typeof confirmingHost>;
afterEach(() => host.remove());

/** A host that the run has changed; what was sent to it. */
const changed = async (...troubles: readonly Trouble[]): Promise<NonEmpty<Action>> => {
  host = confirmingHost(troubles);
  const outcome = await host.apply(plays);
  if (outcome.kind !== "changed" || !isNonEmpty(outcome.actions)) throw new Error(`it is ${outcome.kind}`);
  host.execs.length = 0;
  return outcome.actions;
};

describe("a run that is put back on purpose", () => {
  it("gives the host its old state again, and is proven by a new reading", async () => {
    const actions = await changed();
    expect(await host.rollback(theRun, actions)).toMatchObject({ kind: "changed", actions });
    expect([host.read(generic).trim(), host.has(sysctl)]).toEqual(["600", false]);
    expect(host.stages()).toBe("revert gather");
  });

  it("twice is once", async () => {
    const actions = await changed();
    await host.rollback(theRun, actions);
    expect((await host.rollback(theRun, actions)).kind).toBe("compliant");
    expect(host.read(generic).trim()).toBe("600");
  });

  it("is refused where somebody has changed the host since: it is left as it is, and what changed is named", async () => {
    const actions = await changed();
    host.write(sysctl, "somebody else's\n");
    expect(await host.rollback(theRun, actions)).toMatchObject({
      kind: "not_attempted",
      because: expect.stringContaining(sysctl) as string,
    });
    expect([host.read(generic).trim(), host.read(sysctl)]).toEqual(["120", "somebody else's\n"]);
  });

  it("fails where the host keeps nothing of it", async () => {
    const actions = await changed();
    expect(await host.rollback("20250101T000000Z-0000dead" as typeof theRun, actions)).toMatchObject({
      kind: "failed",
      failure: { code: "no_snapshot" },
    });
  });

  it("is sent again where its answer was lost, and counts once", async () => {
    const actions = await changed({ stage: "revert", contact: "lost_after", away: 5000 });
    expect(["changed", "compliant"]).toContain((await host.rollback(theRun, actions)).kind);
    expect(host.stages()).toBe("revert revert gather");
    expect(host.read(generic).trim()).toBe("600");
  });

  it("has its intent in the journal", async () => {
    const actions = await changed();
    host.journal.entries.length = 0;
    await host.rollback(theRun, actions);
    expect(host.journal.entries).toMatchObject([
      { kind: "intent", stage: "revert", host: "web1" },
      { kind: "result", stage: "revert", failure: undefined },
      { kind: "outcome", report: { name: "web1", outcome: { kind: "changed" } } },
    ]);
  });
});

describe("a rollback over several batches", () => {
  const names = ["a", "b", "c", "d"] as const;
  let hosts: ReturnType<typeof confirmingHost>[];
  afterEach(() => hosts.forEach((one) => one.remove()));

  /** Four hosts that the run has changed; `b` is put back with the first batch or the last, as the batches say. */
  const putBack = async (batches: readonly (readonly string[])[], prepare: (one: readonly (typeof host)[]) => void) => {
    hosts = [];
    const targets: RollbackTarget[] = [];
    for (const name of names) {
      const actions = await changed();
      hosts.push(host);
      targets.push({ host: { ...host.host, name: name as HostName }, become: { kind: "no" }, actions });
    }
    prepare(hosts);
    const order: string[] = [];
    const connect: Effects["connect"] = ({ name }) => {
      order.push(name);
      const found = hosts[names.findIndex((one) => one === name)];
      return found?.connect() ?? Promise.reject(new Error(name));
    };
    let nonces = 0;
    const effects: Effects = {
      ...nothingOutside,
      ...{ connect, clock: steppingClock(), random: () => 0.5 },
      entry: ({ name }) => ({ key: name, kind: "itself" }),
      nonce: () => `${++nonces}`.padStart(32, "0"),
    };
    const common = { effects, onProgress: () => undefined, stop: new AbortController().signal };
    const walk = { ...common, sessions: sessions({ ...common, keep: 10 }), forks: 1 };
    const options = applyOptions({ ...walk, deadlines: { gather: 60_000, apply: 120_000 } });
    const cut = batches.map((batch) => batch.map((name) => name as HostName));
    const reports = await rollbackFleet(targets, cut, { ...options, of: theRun });
    return { order, told: reports.map(({ name, outcome }) => `${name} ${outcome.kind}`) };
  };

  it("goes in the batches of the run, each host once: with its last batch where two plays changed it, last where it is in none", async () => {
    const { order, told } = await putBack([["c", "a"], ["b"], ["a"]], () => undefined);
    expect([...new Set(order)]).toEqual(["c", "b", "a", "d"]);
    expect(told).toEqual(["a changed", "b changed", "c changed", "d changed"]);
  });

  it("stops after a batch in which one failed: the others keep what they have, and are in the report", async () => {
    const { told } = await putBack([["a"], ["b"], ["c", "d"]], ([, b]) => {
      rmSync(`${b?.root ?? ""}/var/lib/ctfleet/${theRun}`, { recursive: true });
    });
    expect(told).toEqual(["a changed", "b failed", "c not_attempted", "d not_attempted"]);
    expect(hosts[2]?.read(generic).trim()).toBe("120");
  });

  it("goes on past a host that cannot be reached", async () => {
    const { told } = await putBack([["a"], ["b"], ["c", "d"]], ([a]) => {
      if (a !== undefined) a.life.awayUntil = Number.POSITIVE_INFINITY;
    });
    expect(told).toEqual(["a unreachable", "b changed", "c changed", "d changed"]);
  });
});
