import fc from "fast-check";
import { expect, it } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { type Way, ways } from "../../src/model/play.ts";
import { planHost } from "../../src/plan/plan-host.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";
import { aHost, compiledPlay } from "../support/play.ts";
import { storyAfter } from "../support/story-after.ts";

const hosts: fc.Arbitrary<HostStory> = fc.record({
  max: fc.constantFrom(65536, 300000, 400000),
  buckets: fc.constantFrom(65536, 300032),
  state: fc.constantFrom("module", "module", "builtin", "unloaded"),
  modules: fc.constantFrom({ nf_conntrack: [] }, { nf_conntrack: ["xt_state"], xt_state: 2 }),
  rivals: fc.constantFrom([], ["dockerd"]),
  firewall: fc.constantFrom("none", "netfilter-persistent", "firewalld"),
  inhibitors: fc.constantFrom([], [{ who: "backup", why: "copy" }]),
  uptime: fc.constantFrom(60, 90000),
  bootId: fc.constant("0a1b2c3d-0000-4000-8000-000000000001"),
  files: fc.constantFrom({}, { "/etc/modules-load.d/nf_conntrack.conf": "nf_conntrack\n" }),
});

const allowed = fc.subarray([...ways], { minLength: 1 });

const playOf = (activate: string) =>
  compiledPlay(
    [
      "- conntrack: { size: { rule: fixed, max: 300000 }, timeouts: { generic: 120 } }",
      "- template: { src: hashsize.hbs, dest: /etc/modprobe.d/nf_conntrack.conf }",
      "- template: { src: sysctl.conf.hbs, dest: /etc/sysctl.d/90-nf_conntrack.conf }",
      `- activate: ${activate}`,
    ].join("\n"),
  );

const stages: Record<Action["kind"], number> = {
  write: 0,
  remove: 0,
  set_hashsize: 1,
  set: 1,
  load_module: 2,
  unload_modules: 2,
  reload_modules: 2,
  restart_firewall: 2,
  end_trial: 3,
  run: 4,
  reboot: 5,
};

const kindsOf: Record<Way, readonly Action["kind"][]> = {
  live: ["set", "set_hashsize"],
  reload: ["reload_modules", "restart_firewall"],
  reboot: ["reboot"],
};

it("auto takes one way of those that are allowed, in one order, and a second plan has nothing left to do", () => {
  fc.assert(
    fc.property(hosts, allowed, (story, allow) => {
      const play = playOf(`{ with: auto, allow: [${allow.join(", ")}] }`);
      const plan = planHost(play, aHost, factsOf(story, play.files));
      if (plan.kind !== "planned") throw new Error(JSON.stringify(plan));
      const order = plan.actions.map(({ kind }) => stages[kind]);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      const taken = ways.filter((way) => plan.actions.some(({ kind }) => kindsOf[way].includes(kind)));
      expect(taken.length).toBeLessThanOrEqual(1);
      expect(allow).toEqual(expect.arrayContaining(taken));
      expect(plan.actions.filter(({ kind }) => kind === "reboot").length).toBeLessThanOrEqual(1);
      const again = planHost(play, aHost, factsOf(storyAfter(story, plan.actions), play.files));
      if (again.kind !== "planned") throw new Error(JSON.stringify(again));
      expect(again.actions).toEqual([]);
      if (plan.needs.length === 0) expect(again.needs).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
