import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BootId, HostName, RunId } from "../../src/model/brand.ts";
import { Vaulted } from "../../src/model/host.ts";
import type { HostPlan } from "../../src/model/plan.ts";
import { planHost } from "../../src/plan/plan-host.ts";
import { parseSavedPlan, type SavedPlan, savedPlanText } from "../../src/plan/saved-plan.ts";
import { stateChanges, stateHash } from "../../src/plan/state-hash.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";
import { aHost, compiledPlay, valid } from "../support/play.ts";

const boot = "0a1b2c3d-0000-4000-8000-000000000001" as BootId;
const tasks = `- conntrack: { size: { rule: fixed, max: 300000 }, timeouts: { generic: 120 } }
- template: { src: max.hbs, dest: /etc/sysctl.d/90-nf_conntrack.conf }
- settings: { path: /etc/sysctl.conf, absent: net.netfilter.nf_conntrack_max }
- activate: live
`;
const inUse: HostStory = { modules: { nf_conntrack: ["xt_state"], xt_state: 2 }, bootId: boot, max: 65536 };
const planOf = (story: HostStory = {}, text = tasks, vars = {}): HostPlan => {
  const play = compiledPlay(text);
  return planHost(play, { ...aHost, vars }, factsOf({ ...inUse, ...story }, play.files));
};
const saved = (...plans: readonly HostPlan[]): SavedPlan => ({
  ...{
    run: "20261122T165150Z-3f9a" as RunId,
    made: 1_795_000_000_000,
    playbook: "/srv/play.yaml",
    digest: "d".repeat(64),
  },
  ...{ seed: 7, options: { limit: ["web"], forks: 5 } },
  hosts: plans.map((plan, at) => {
    const own = [{ play: 0, plan }];
    return { name: `web${at + 1}` as HostName, boot: at === 0 ? boot : undefined, state: stateHash(own), plans: own };
  }),
});
const parsed = (text: string) => parseSavedPlan("web.plan", text);
const messageOf = (text: string): string | undefined => {
  const result = parsed(text);
  return result.kind === "ok"
    ? undefined
    : result.problems.map(({ at, message }) => `${at.file}: ${message}`).join("\n");
};

describe("a saved plan", () => {
  const refused = planOf({}, "- conntrack: { size: { rule: fixed, max: 2000000000 } }\n- activate: live\n");
  const skipped = planOf({ container: "openvz", root: true }, "- module: { name: nf_conntrack }\n");

  it("is the same plan again, whatever became of its hosts", () => {
    const plan = saved(planOf(), refused, skipped, planOf({ max: 300000 }));
    expect(plan.hosts.map(({ plans }) => plans[0]?.plan.kind)).toEqual(["planned", "refused", "skipped", "planned"]);
    expect(valid(parsed(valid(savedPlanText(plan))))).toEqual(plan);
  });

  const text = valid(savedPlanText(saved(planOf())));

  it("is refused with any one byte of it changed, left out or added", () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(messageOf(changed.toString("utf8"))).toBeDefined();
        expect(messageOf(text.slice(0, at) + text.slice(at + 1))).toBeDefined();
        expect(messageOf(`${text.slice(0, at)} ${text.slice(at)}`)).toBeDefined();
      }),
      { numRuns: 500 },
    );
    for (let at = 0; at <= text.indexOf("\n") + 60; at += 1) {
      const other = text[at] === "0" ? "1" : "0";
      expect(messageOf(text.slice(0, at) + other + text.slice(at + 1)), `at ${at}`).toBeDefined();
    }
  });

  it.each([
    ["was changed", text.replace("300000", "300001"), "was changed after it was saved: its seal does not fit"],
    [
      "is of another version",
      text.replace('"schema":1', '"schema":2'),
      "is a plan of another version of ctfleet (schema 2",
    ],
    ["is something else", "hello\n", "is no plan that ctfleet saved"],
    ["is empty", "", "is no plan that ctfleet saved"],
    ["is cut off", text.slice(0, -100), "was changed after it was saved"],
  ])("that %s is refused, with what to do", (_, changed, message) => {
    expect(messageOf(changed)).toContain(`web.plan: ${message}`);
    expect(messageOf(changed)).toContain("ctfleet plan --out FILE");
  });

  it("is ASCII: nothing from a host acts on a terminal that shows it", () => {
    const plan = saved({ kind: "skipped", because: "\u001b]0;x\u0007 \u009b2J \u202e \ud800", findings: [] });
    const odd = valid(savedPlanText(plan));
    expect(odd).toMatch(/^[\n\x20-\x7e]*$/);
    expect(valid(parsed(odd))).toEqual(plan);
  });

  it("is not made of a file with a vault's secret, and shows none that was in one before", () => {
    const team = "- template: { src: with-var.hbs, dest: /etc/team }\n";
    const owner_team = new Vaulted("hunter2", undefined);
    const result = savedPlanText(saved(planOf({}, team, { owner_team }), planOf({}, team, { owner_team })));
    const told = result.kind === "problems" ? result.problems.map(({ message }) => message).join("\n") : "";
    expect(told).toContain("/etc/team holds what comes out of a vault");
    expect(told).toContain("(on web[1-2])");
    expect(told).not.toContain("hunter2");
    const before = planOf({ files: { "/etc/team": "hunter2\n" } }, "- absent: /etc/team\n", { owner_team });
    expect(before).toMatchObject({ actions: [{ kind: "remove", before: "hunter2\n" }] });
    const text = valid(savedPlanText(saved(before)));
    expect(text).not.toContain("hunter2");
    expect(text).toContain("********");
  });
});

describe("the state that a plan was made from", () => {
  const hashOf = (plan: HostPlan) => stateHash([{ play: 0, plan }]);
  const changes = (then: HostPlan, now: HostPlan) => stateChanges([{ play: 0, plan: then }], [{ play: 0, plan: now }]);

  it("is the same however full the table is at the moment", () => {
    const [then, now] = [planOf({ count: 100 }), planOf({ count: 64000 })];
    expect(hashOf(now)).toBe(hashOf(then));
    expect(changes(then, now)).toEqual([]);
  });

  it.each<[string, HostStory, readonly string[]]>([
    [
      "a live value that somebody set",
      { max: 131072 },
      ["net.netfilter.nf_conntrack_max was 65536 then, and is 131072 now"],
    ],
    ["one that is as wanted by now", { max: 300000 }, ["net.netfilter.nf_conntrack_max is as wanted now"]],
    [
      "a file that somebody wrote",
      { files: { "/etc/sysctl.d/90-nf_conntrack.conf": "# mine\n" } },
      ["/etc/sysctl.d/90-nf_conntrack.conf was not there then, and is a file of mode 0644, owner 0:0 and hash"],
    ],
    [
      "a file that was none of it",
      { files: { "/etc/sysctl.conf": "net.netfilter.nf_conntrack_max = 1\n" } },
      ["/etc/sysctl.conf was as wanted then, and is not now"],
    ],
    [
      "a host that has no such table now",
      { state: "none" },
      ["it is left out now: this kernel has no connection tracking"],
    ],
  ])("is another with %s, which is named", (_, story, expected) => {
    const [then, now] = [planOf(), planOf(story)];
    expect(hashOf(now)).not.toBe(hashOf(then));
    const told = changes(then, now);
    expect(told).toHaveLength(expected.length);
    for (const [at, text] of expected.entries()) expect(told[at]).toContain(text);
  });

  it("tells of plays that came or went", () => {
    const one = { play: 0, plan: planOf() };
    expect(stateChanges([one], [one, { ...one, play: 1 }])).toEqual(["play 2 was not planned for this host"]);
    expect(stateChanges([one, { ...one, play: 1 }], [one])).toHaveLength(1);
  });
});
