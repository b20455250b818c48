import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { auditHost } from "../../../src/conntrack/findings/audit.ts";
import { catalogue } from "../../../src/conntrack/findings/catalogue.ts";
import { afterEvents } from "../../../src/conntrack/findings/events.ts";
import { settingKey } from "../../../src/conntrack/keys.ts";
import { factsAfter } from "../../../src/conntrack/predict.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Host } from "../../../src/model/host.ts";
import type { Desired } from "../../../src/model/play.ts";
import { planHost } from "../../../src/plan/plan-host.ts";
import { factsOf } from "../../support/facts.ts";
import type { HostStory } from "../../support/host-story.ts";
import { aHost, compiledPlay } from "../../support/play.ts";

/** One case of the file that bears a code's name: what a host is like, and whether the code is found there. */
type Case = {
  readonly name: string;
  /** Above a host on which nothing is found. */
  readonly host?: HostStory;
  /** What a play wants, and the files that it writes. */
  readonly desired?: {
    readonly max?: number;
    readonly buckets?: number;
    readonly keys?: { readonly [name: string]: number };
  };
  readonly files?: { readonly [path: string]: string };
  readonly guard?: number;
  /** A whole play in place of these. */
  readonly tasks?: string;
  readonly vars?: Host["vars"];
  /** Found once, with evidence that matches; without it the code is not found. */
  readonly found?: string;
  readonly severity?: string;
  /** Every code that is found, in order of the codes. */
  readonly codes?: readonly string[];
};

/** A Debian that nobody has touched, whose firewall uses the module. */
const quiet: HostStory = {
  max: 262144,
  buckets: 262144,
  modules: { nf_conntrack: ["xt_conntrack"], xt_conntrack: 1 },
};

const findingsOf = (one: Case): readonly Finding[] => {
  const story = { ...quiet, ...one.host };
  if (one.tasks !== undefined) {
    const play = compiledPlay(one.tasks);
    return planHost(play, { ...aHost, vars: one.vars ?? {} }, factsOf(story, play.files)).findings;
  }
  const now = factsOf(story);
  const { max, buckets, keys = {} } = one.desired ?? {};
  const named = Object.entries({ ...(max === undefined ? {} : { max }), ...keys });
  const desired: Desired = {
    max,
    buckets,
    timeouts: new Map(),
    keys: new Map(named.map(([name, value]) => [settingKey(story.family ?? "nf", name), value] as const)),
  };
  const after = factsAfter(now, new Map(Object.entries(one.files ?? {})));
  const guard = one.guard === undefined ? {} : { guard: one.guard };
  return [...auditHost(now, guard), ...afterEvents({ desired, now, after, ...guard })];
};

const folder = join(import.meta.dirname, "../../cases/findings");
const files = readdirSync(folder).sort();

it("every code of the catalogue has its cases, and every case a code", () => {
  expect(files).toEqual(Object.keys(catalogue).map((code) => `${code}.yaml`));
});

it("a host that nobody has touched has no findings", () => {
  expect(findingsOf({ name: "quiet" })).toEqual([]);
});

describe.each(files)("%s", (file) => {
  const code = file.replace(".yaml", "");
  const cases = parse(readFileSync(join(folder, file), "utf8")) as readonly Case[];

  it("is found in one case, and is not in another", () => {
    expect(new Set(cases.map(({ found }) => found !== undefined))).toEqual(new Set([true, false]));
  });

  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const all = findingsOf(one);
    const own = all.filter((finding) => finding.code === code);
    expect(own.map(({ evidence }) => evidence)).toEqual(
      one.found === undefined ? [] : [expect.stringMatching(new RegExp(one.found))],
    );
    if (one.severity !== undefined) expect(own.map(({ severity }) => severity)).toEqual([one.severity]);
    if (one.codes !== undefined) expect(all.map((finding) => finding.code).toSorted()).toEqual(one.codes);
  });
});
