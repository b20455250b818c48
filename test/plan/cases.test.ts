import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { argvKey, type Facts } from "../../src/model/facts.ts";
import type { Host } from "../../src/model/host.ts";
import type { HostPlan } from "../../src/model/plan.ts";
import { read, unreadable } from "../../src/model/reading.ts";
import { planHost } from "../../src/plan/plan-host.ts";
import { describeAction } from "../../src/report/describe-action.ts";
import { factsOf } from "../support/facts.ts";
import type { HostStory } from "../support/host-story.ts";
import { aHost, compiledPlay } from "../support/play.ts";
import { storyAfter } from "../support/story-after.ts";

/** One case: what a host is like, what a play asks for, and what the plan must be, in words. */
type Case = {
  readonly name: string;
  readonly host?: HostStory;
  readonly vars?: Host["vars"];
  readonly tasks: string;
  /** Seconds: the play is tried, not applied. */
  readonly trial?: number;
  /** The hash size cannot be set through /sys here. */
  readonly fixedHashsize?: true;
  readonly osVersion?: string;
  /** What `unless` answers, by its words joined: an exit status, or why it is not known. */
  readonly answers?: { readonly [words: string]: number | string };
  readonly root?: string;
  readonly plan?: readonly string[];
  readonly texts?: { readonly [path: string]: string };
  readonly needs?: readonly string[];
  readonly refused?: string;
  /** Codes of all failures of a refused plan. */
  readonly codes?: readonly string[];
  readonly skipped?: string;
  readonly findings?: readonly string[];
  readonly unproven?: readonly string[];
  /** Is an applied change put back where a check does not hold? */
  readonly reverts?: true;
};

/** Files of cases whose story follows what was done; not those of modes and odd files. */
const followed = /^(activation|auto|reboot|reload|removal|trial|sizing)\.yaml$/;

const folder = join(import.meta.dirname, "../cases/plan");

const planOf = (one: Case, story = storyOf(one)): HostPlan => {
  const { tasks, vars = {}, trial, fixedHashsize, osVersion } = one;
  const play = { ...compiledPlay(tasks), trial };
  const facts = factsOf(story, play.files);
  const conntrack = fixedHashsize ? { ...facts.conntrack, hashsizeWritable: read(false) } : facts.conntrack;
  const os = osVersion === undefined ? facts.os : { ...facts.os, version: read(osVersion) };
  const host = { ...aHost, vars, connection: { ...aHost.connection, root: one.root ?? "" } };
  return planHost(play, host, { ...facts, conntrack, os, commands: answersOf(one) });
};

const answersOf = ({ answers = {} }: Case): Facts["commands"] =>
  new Map(
    Object.entries(answers).map(([words, answer]) => [
      argvKey(words.split(" ")),
      typeof answer === "number" ? read(answer) : unreadable(answer),
    ]),
  );

const storyOf = ({ host = {} }: Case): HostStory => ({ ...inUse(host), bootId, ...host });

const bootId = "0a1b2c3d-0000-4000-8000-000000000001";

/** A host whose rules match connection states, unless the case tells its modules: one where conntrack is loaded for nothing is rare. */
const inUse = ({ state = "module", family = "nf" }: HostStory): HostStory =>
  state === "module" ? { modules: { [`${family}_conntrack`]: ["xt_state"], xt_state: 2 } } : {};

describe.each(readdirSync(folder).sort())("%s", (file) => {
  const cases = parse(readFileSync(join(folder, file), "utf8"), { merge: true }) as readonly Case[];
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const plan = planOf(one);
    expect(plan.kind).toBe(one.refused !== undefined ? "refused" : one.skipped !== undefined ? "skipped" : "planned");
    if (plan.kind === "planned") {
      expect(plan.actions.map(describeAction)).toEqual(one.plan ?? []);
      expect(plan.needs).toEqual(one.needs ?? []);
      expect(plan.unproven).toEqual(one.unproven ?? []);
      expect(plan.unheldReverts).toBe(one.reverts ?? false);
      for (const [path, text] of Object.entries(one.texts ?? {}))
        expect(plan.actions.find((action) => action.kind === "write" && action.path === path)).toMatchObject({ text });
    }
    if (plan.kind === "refused" && one.codes !== undefined)
      expect(plan.failures.map(({ code }) => code)).toEqual(one.codes);
    if (plan.kind === "refused")
      expect(plan.failures.map((failure) => failure.detail).join("\n")).toMatch(new RegExp(one.refused ?? "-"));
    if (plan.kind === "skipped") expect(plan.because).toContain(one.skipped);
    expect(plan.findings.map((found) => found.code)).toEqual(one.findings ?? []);
    if (plan.kind !== "planned" || !followed.test(file)) return;
    const after = planOf(one, storyAfter(storyOf(one), plan.actions));
    expect(after, "done, a second plan has nothing left to do").toMatchObject({ kind: "planned", actions: [] });
  });
});
