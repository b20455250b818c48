import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Host } from "../../src/model/host.ts";
import type { HostPlan } from "../../src/model/plan.ts";
import { planHost } from "../../src/plan/plan-host.ts";
import { describeAction } from "../../src/report/describe.ts";
import { factsOf, type HostStory } from "../support/facts.ts";
import { aHost, compiledPlay } from "../support/play.ts";

/** One case: what a host is like, what a play asks for, and what the plan must be, in words. */
type Case = {
  readonly name: string;
  readonly host?: HostStory;
  readonly vars?: Host["vars"];
  readonly tasks: string;
  readonly plan?: readonly string[];
  readonly texts?: { readonly [path: string]: string };
  readonly refused?: string;
  readonly skipped?: string;
  readonly findings?: readonly string[];
  readonly unproven?: readonly string[];
};

const folder = join(import.meta.dirname, "../cases/plan");

const planOf = ({ host = {}, tasks, vars = {} }: Case): HostPlan => {
  const play = compiledPlay(tasks);
  return planHost(play, { ...aHost, vars }, factsOf(host, play.files));
};

describe.each(readdirSync(folder).sort())("%s", (file) => {
  const cases = parse(readFileSync(join(folder, file), "utf8")) as readonly Case[];
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const plan = planOf(one);
    expect(plan.kind).toBe(one.refused !== undefined ? "refused" : one.skipped !== undefined ? "skipped" : "planned");
    if (plan.kind === "planned") {
      expect(plan.actions.map(describeAction)).toEqual(one.plan ?? []);
      expect(plan.unproven).toEqual(one.unproven ?? []);
      for (const [path, text] of Object.entries(one.texts ?? {}))
        expect(plan.actions.find((action) => action.kind === "write" && action.path === path)).toMatchObject({ text });
    }
    if (plan.kind === "refused")
      expect(plan.failures.map((failure) => failure.detail).join("\n")).toMatch(new RegExp(one.refused ?? "-"));
    if (plan.kind === "skipped") expect(plan.because).toContain(one.skipped);
    expect(plan.findings.map((found) => found.code)).toEqual(one.findings ?? []);
  });
});
