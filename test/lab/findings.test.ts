import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { catalogue, type FindingCode } from "../../src/conntrack/findings/catalogue.ts";
import type { Kind } from "../../src/lab/kind.ts";
import { kinds } from "../../src/lab/kinds.ts";
import type { HostPath } from "../../src/model/brand.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { CompiledPlay } from "../../src/plan/compile.ts";
import { planHost } from "../../src/plan/plan-host.ts";
import { type Shown, shownFindingsPage } from "../../src/report/reference/shown-findings.ts";
import { aHost, compiledPlay, compiledPlays } from "../support/play.ts";
import { type Practice, practice } from "./practice.ts";

/** What no shipped play brings about, and why. */
const nowhere: ReadonlyMap<FindingCode, string> = new Map([]);

const shippedPlays = readdirSync("playbooks").flatMap((name) =>
  compiledPlays({ file: name, text: readFileSync(`playbooks/${name}`, "utf8") }),
);

/** Plays as people write them, beside the shipped ones. */
const others = [
  "- conntrack: { size: { rule: memory } }",
  "- conntrack: { size: { rule: memory } }\n- activate: reboot",
  "- conntrack: { size: { rule: memory } }\n- activate: { with: auto, allow: [reload] }",
  "- conntrack: { timeouts: { dccp_request: 240 } }",
  "- { absent: /etc/x, when: facts.log.newest_age < 60 }",
].map(compiledPlay);

let fleet: Practice;
/** Names of kinds by each code that a play reports on them. */
const seen = new Map<string, string[]>();
const plays: readonly CompiledPlay[] = [...shippedPlays, ...others];

beforeAll(async () => {
  fleet = await practice();
  const files = [...new Set(plays.flatMap((play) => play.files))];
  for (const { kind, facts } of await Promise.all(kinds.map(async (one) => gathered(one, files))))
    for (const code of codesOf(facts)) seen.set(code, [...(seen.get(code) ?? []), kind.name]);
});
afterAll(() => fleet.remove());

const gathered = async (kind: Kind, files: readonly HostPath[]) => ({
  kind,
  facts: await fleet.host(kind).facts(files),
});

const codesOf = (facts: Facts): ReadonlySet<string> =>
  new Set(plays.flatMap((play) => planHost(play, aHost, facts).findings.map(({ code }) => code)));

it("has a host for every finding of the catalogue, as the reference says", async () => {
  const shown = Object.keys(catalogue).map((name): readonly [FindingCode, Shown] => {
    const code = name as FindingCode;
    const names = seen.get(code);
    return [
      code,
      names === undefined ? { kind: "nowhere", because: nowhere.get(code) ?? "" } : { kind: "hosts", names },
    ];
  });
  expect(shown.filter(([code, where]) => where.kind === "nowhere" && !nowhere.has(code))).toEqual([]);
  expect([...nowhere.keys()].filter((code) => seen.has(code))).toEqual([]);
  await expect(shownFindingsPage(new Map(shown))).toMatchFileSnapshot("../../docs/reference/practice-findings.md");
});

it("shows each of the practice hosts to somebody: none is without a finding but those that are well", () => {
  const told = new Set([...seen.values()].flat());
  expect(kinds.map(({ name }) => name).filter((name) => !told.has(name))).toEqual([]);
});
