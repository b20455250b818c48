import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { planHost } from "../../src/plan/plan-host.ts";
import { describeAction } from "../../src/report/describe-action.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";
import { aHost, compiledPlay, compiledPlays } from "../support/play.ts";
import { storyAfter } from "../support/story-after.ts";

const file = join(import.meta.dirname, "../../playbooks/raise-ceiling.yaml");
const shipped = compiledPlays({ file, text: readFileSync(file, "utf8") })[0]!;

const planOf = (play: typeof shipped, story: HostStory) => {
  const plan = planHost(play, aHost, factsOf(story, play.files));
  if (plan.kind !== "planned") throw new Error(JSON.stringify(plan));
  return plan;
};
const actionsOf = (play: typeof shipped, story: HostStory) => planOf(play, story).actions.map(describeAction);

const hosts = fc.record({
  memoryMiB: fc.integer({ min: 512, max: 2 ** 20 }),
  cpus: fc.integer({ min: 1, max: 256 }),
  kernel: fc.constantFrom("6.1.0-18-amd64", "5.15.0-91-generic", "4.18.0-305.el8", "3.10.0-1160.el7"),
  objectSize: fc.constantFrom(256, 280, 304, 320, 384),
  max: fc.integer({ min: 1, max: 2 ** 20 }),
  buckets: fc.integer({ min: 1, max: 512 }).map((pages) => pages * 512),
  pageSize: fc.constantFrom(4096, 65536),
});

/** What may change between two audits although nobody changed the host. */
const laterViews = fc.record({
  memory: fc.double({ min: 0.99, max: 1.01, noNaN: true }),
  loaded: fc.boolean(),
  root: fc.boolean(),
});

it("a host that the shipped play has treated stays compliant, whoever looks and when", () => {
  fc.assert(
    fc.property(hosts, laterViews, (host, later) => {
      const first = planHost(shipped, aHost, factsOf(host, shipped.files));
      // A small host whose table is too large already is refused: nothing was treated.
      if (first.kind !== "planned") return;
      const treated = storyAfter(host, first.actions);
      expect(actionsOf(shipped, treated)).toEqual([]);
      const seen: HostStory = {
        ...treated,
        memoryMiB: host.memoryMiB * later.memory,
        root: later.root,
        state: later.loaded ? "module" : "unloaded",
      };
      expect(actionsOf(shipped, seen)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ["memory", "{ rule: memory, share: 3% }"],
  ["memory, lowering allowed", "{ rule: memory, share: 3% }, allow_lower: true"],
  ["cores", "{ rule: cores }"],
  ["fixed", "{ rule: fixed, max: 123457 }"],
])("a second plan by the rule %s is empty", (_, size) => {
  const play = compiledPlay(`- conntrack: { size: ${size} }\n- activate: live`);
  fc.assert(
    fc.property(hosts, (host) => {
      const big = { ...host, memoryMiB: host.memoryMiB + 65536 };
      expect(actionsOf(play, storyAfter(big, planOf(play, big).actions))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
