import { afterEach, describe, expect, it } from "vitest";
import type { CompiledPlay } from "../../src/plan/compile.ts";
import { applyFleet } from "../../src/rollout/apply-fleet.ts";
import { reportSurvey, surveyFleet, type Target } from "../../src/rollout/survey.ts";
import { applyOptions } from "../support/apply-options.ts";
import { type Fault, type LocalFleet, localFleet } from "../support/local-fleet.ts";
import { compiledPlays } from "../support/play.ts";

const path = "etc/sysctl.d/90-nf_conntrack.conf";

let fleet: LocalFleet;
afterEach(() => fleet.remove());

const playText = (more: { readonly serial?: string; readonly percent?: number; readonly verify?: string } = {}) => `
- name: test
  hosts: all
  serial: ${more.serial ?? "1"}
  max_fail_percentage: ${more.percent ?? 0}
  tasks:
    - conntrack: { size: { rule: fixed, max: 300000 }, allow_lower: true }
    - template: { src: max.hbs, dest: /${path}, mode: "0644" }
${more.verify === undefined ? "" : `    - verify: ["${more.verify}"]`}
`;

type Faults = { readonly [name: string]: readonly Fault[] };
type Hooks = { readonly afterSurvey?: () => void; readonly stop?: AbortController };

/** Survey and apply as the command does; the outcome of each host in order. */
const roll = async (faults: Faults, plays: readonly CompiledPlay[], hooks: Hooks = {}) => {
  fleet = localFleet(faults);
  const targets: readonly Target[] = fleet.hosts.map((host) => ({ host, plays, become: { kind: "no" } }));
  const walk = fleet.walk(hooks.stop);
  const surveys = await surveyFleet(targets, walk);
  hooks.afterSurvey?.();
  const reports = await applyFleet(plays, targets, surveys, applyOptions(walk));
  expect(reports.map((report) => report.name)).toEqual(fleet.hosts.map((host) => host.name));
  return Object.fromEntries(reports.map(({ name, outcome }) => [name, outcome]));
};

const kinds = (outcomes: Awaited<ReturnType<typeof roll>>) =>
  Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [name, outcome.kind]));

const plays = (more?: Parameters<typeof playText>[0]) => compiledPlays({ file: "play.yaml", text: playText(more) });

describe("walking the batches", () => {
  it("changes every host, and a second walk finds nothing to do, over one connection per host", async () => {
    const first = await roll({ a: ["none"], b: ["none"], c: ["none"] }, plays());
    expect(kinds(first)).toEqual({ a: "changed", b: "changed", c: "changed" });
    expect(fleet.read("b", path)).toBe("net.netfilter.nf_conntrack_max = 300000\n");
    expect(Object.fromEntries(fleet.connections)).toEqual({ a: 1, b: 1, c: 1 });
    const targets: readonly Target[] = fleet.hosts.map((host) => ({ host, plays: plays(), become: { kind: "no" } }));
    const again = await surveyFleet(targets, fleet.walk());
    expect([...again].map(([name, survey]) => reportSurvey(name, survey).outcome.kind)).toEqual(
      Array(3).fill("compliant"),
    );
  });

  it("stops after the first batch that goes over its budget; the rest is not attempted and untouched", async () => {
    const faults: Faults = { a: ["none"], b: ["none", "lost_before", "lost_before"], c: ["none"], d: ["none"] };
    expect(kinds(await roll(faults, plays()))).toEqual({
      a: "changed",
      b: "unknown",
      c: "not_attempted",
      d: "not_attempted",
    });
    expect(() => fleet.read("c", path)).toThrow("ENOENT");
  });

  it("goes on within the budget: the percentage must be exceeded", async () => {
    const faults: Faults = { a: ["none"], b: ["unreachable"], c: ["none"], d: ["none"] };
    expect(kinds(await roll(faults, plays({ serial: "[1, 2]", percent: 50 })))).toEqual({
      a: "changed",
      b: "unreachable",
      c: "changed",
      d: "changed",
    });
  });

  it("counts an unreachable host as a failure of its batch: the other hosts of that batch are done, the next are not", async () => {
    const faults: Faults = { a: ["unreachable"], b: ["none"], c: ["none"] };
    expect(kinds(await roll(faults, plays({ serial: "2" })))).toEqual({
      a: "unreachable",
      b: "changed",
      c: "not_attempted",
    });
  });

  it("leaves a host that is at the goal compliant, in a batch that was never started too", async () => {
    const outcomes = await roll(
      { a: ["unreachable"], b: ["none"] },
      compiledPlays({ file: "p.yaml", text: "- hosts: all\n  serial: 1\n" }),
    );
    expect(kinds(outcomes)).toEqual({ a: "unreachable", b: "compliant" });
  });

  it("starts nothing after a stop was asked for, and counts every host", async () => {
    const stop = new AbortController();
    const outcomes = await roll({ a: ["none"], b: ["none"] }, plays(), { stop, afterSurvey: () => stop.abort() });
    expect(kinds(outcomes)).toEqual({ a: "not_attempted", b: "not_attempted" });
  });
});

describe("one host", () => {
  it("that changed since its plan was made is not attempted, and keeps what somebody else wrote", async () => {
    const outcomes = await roll({ a: ["none", "changed_meanwhile", "none"] }, plays());
    expect(outcomes.a).toMatchObject({ kind: "not_attempted", because: expect.stringContaining("stale") as string });
    expect(fleet.read("a", path)).toBe("somebody else's\n");
  });

  it("that was lost after the script had ended is settled by reading: changed, and nothing is sent twice", async () => {
    expect(kinds(await roll({ a: ["none", "lost_after", "none"] }, plays()))).toEqual({ a: "changed" });
    expect(fleet.read("a", path)).toBe("net.netfilter.nf_conntrack_max = 300000\n");
  });

  it("that was lost is unknown while a reading shows the old state: the script may still be at it", async () => {
    const outcomes = await roll({ a: ["none", "lost_before", "none"] }, plays());
    expect(outcomes.a).toMatchObject({ kind: "unknown", failure: { code: "connection_lost", sent: true } });
    expect(() => fleet.read("a", path)).toThrow("ENOENT");
  });

  it("whose kept connection had died is sent the script over a new one", async () => {
    expect(kinds(await roll({ a: ["none", "idle_lost", "none"] }, plays()))).toEqual({ a: "changed" });
    expect(fleet.connections.get("a")).toBe(2);
  });

  it("on which ctfleet has a defect does not take the others with it", async () => {
    const gathering = await roll({ a: ["throws"], b: ["none"] }, plays({ serial: "2", percent: 100 }));
    expect(gathering).toMatchObject({ a: { kind: "failed", failure: { code: "internal" } }, b: { kind: "changed" } });
    fleet.remove();
    const applying = await roll({ a: ["none", "throws"], b: ["none"] }, plays({ serial: "2", percent: 100 }));
    expect(applying).toMatchObject({ a: { kind: "unknown", failure: { code: "internal" } }, b: { kind: "changed" } });
  });

  it("that an earlier play changed says so when the walk stops before the next, and is never unreachable", async () => {
    const second = playText().replaceAll("300000", "400000");
    const both = compiledPlays({ file: "p.yaml", text: playText().replace(path, "etc/sysctl.d/80-x.conf") + second });
    const outcomes = await roll({ a: ["none", "none", "none", "lost_before", "lost_before"], b: ["none"] }, both);
    expect(outcomes.a).toMatchObject({
      kind: "unknown",
      actions: [{ path: "/etc/sysctl.d/80-x.conf" }, { path: `/${path}` }],
    });
    expect(outcomes.b).toMatchObject({
      kind: "not_attempted",
      because: expect.stringContaining("an earlier play of this run did change this host") as string,
      actions: [{ path: "/etc/sysctl.d/80-x.conf" }, { path: `/${path}` }],
    });
  });

  it("of two plays that want the same file otherwise is failed, not changed", async () => {
    const both = compiledPlays({ file: "p.yaml", text: playText() + playText().replaceAll("300000", "400000") });
    const outcomes = await roll({ a: ["none"] }, both);
    expect(outcomes.a).toMatchObject({ kind: "failed", failure: { code: "not_converged" } });
  });

  it("whose reading fails too is unknown", async () => {
    const outcomes = await roll({ a: ["none", "lost_after", "lost_before"] }, plays());
    expect(outcomes.a).toMatchObject({ kind: "unknown", failure: { code: "connection_lost", sent: true } });
  });

  it("whose check does not hold after the change is failed, keeps its values, and stops the walk", async () => {
    const outcomes = await roll({ a: ["none"], b: ["none"] }, plays({ verify: "facts.conntrack.max == 1" }));
    expect(outcomes.a).toMatchObject({ kind: "failed", failure: { code: "verify_false" } });
    expect(outcomes.b?.kind).toBe("not_attempted");
    expect(fleet.read("a", path)).toBe("net.netfilter.nf_conntrack_max = 300000\n");
  });

  it("of two plays gets both, the second planned from what the first left", async () => {
    const second = playText().replaceAll("300000", "400000");
    const both = compiledPlays({ file: "p.yaml", text: playText().replace(path, "etc/sysctl.d/80-x.conf") + second });
    const outcomes = await roll({ a: ["none"] }, both);
    expect(outcomes.a).toMatchObject({
      kind: "changed",
      actions: [{ path: "/etc/sysctl.d/80-x.conf" }, { path: `/${path}` }],
    });
  });
});
