import { describe, expect, it } from "vitest";
import type { Action } from "../../src/model/action.ts";
import type { HostName, NonEmpty } from "../../src/model/brand.ts";
import { failedCodes, unreachableCodes } from "../../src/model/failure.ts";
import type { HostReport, Outcome } from "../../src/model/outcome.ts";
import { describeFailure, describeOutcome } from "../../src/report/describe.ts";
import { exitCode } from "../../src/report/exit.ts";
import { jsonReport } from "../../src/report/json.ts";
import { describeProgress } from "../../src/report/progress.ts";
import { worstLast } from "../../src/report/summary.ts";
import { textReport } from "../../src/report/text.ts";
import { plain } from "../support/colours.ts";

const set: Action = { kind: "set_hashsize", task: "t", from: 32768, to: 65536 };
const actions: NonEmpty<Action> = [set];
const need = "a reboot: hashsize is 32768, wanted 65536";
const report = (name: string, outcome: Outcome): HostReport => ({ name: name as HostName, outcome, findings: [] });
const failed = (name: string, code: (typeof failedCodes)[number]) =>
  report(name, { kind: "failed", failure: { code, detail: "", sent: true }, actions });

describe("a host that needs what the play does not allow", () => {
  const drifted: Outcome = { kind: "drifted", actions: [], needs: [need], done: actions };

  it("is told so, beside what is pending and what was done", () => {
    expect(describeOutcome({ kind: "drifted", actions: [], needs: [need] })).toBe(`needs ${need}`);
    expect(describeOutcome({ kind: "drifted", actions, needs: [need] })).toBe(`1 change pending; needs ${need}`);
    expect(describeOutcome(drifted)).toBe(`1 change made; needs ${need}`);
    const options = { colours: plain, diffs: false, from: "info", brief: false, fold: false } as const;
    expect(textReport([report("web1", drifted)], options)).toContain("~ set hashsize 32768 -> 65536");
  });

  it("makes the exit code 2", () => {
    const rules = { findingsCount: false, failOn: "warning", maxUnreachable: 0 } as const;
    expect(exitCode([report("web1", drifted)], rules)).toBe(2);
  });

  it("has its needs, and what was done, in JSON", () => {
    const json: unknown = JSON.parse(
      jsonReport({ command: "apply", run: "r", exit: 2, hosts: [report("web1", drifted)] }),
    );
    expect(json).toMatchObject({
      hosts: [{ outcome: "drifted", actions: [], needs: [need], done: [{ kind: "set_hashsize" }] }],
    });
  });
});

it("a trial is told with its end, in JSON as seconds", () => {
  const outcome: Outcome = { kind: "changed", actions, trial: 172_800 };
  expect(describeOutcome(outcome)).toBe(
    "1 change made and proven until 48h from now (trial): then the old values return",
  );
  const json: unknown = JSON.parse(jsonReport({ command: "apply", run: "r", exit: 0, hosts: [report("a", outcome)] }));
  expect(json).toMatchObject({ hosts: [{ trial: 172_800 }] });
});

it("hosts that are gone stand first among the failed, in the order in which they were", () => {
  const hosts = [failed("a", "set_failed"), failed("b", "not_back"), failed("c", "stale"), failed("d", "not_stable")];
  const fine = report("e", { kind: "compliant" });
  expect(worstLast([...hosts, fine]).map(({ name }) => name)).toEqual(["e", "b", "d", "a", "c"]);
});

it.each([...unreachableCodes, ...failedCodes])("%s says what it is, in one line", (code) => {
  const line = describeFailure({ code, detail: "DETAIL\u001b", sent: false });
  expect(line).toContain("DETAIL\\x1b");
  expect(line).not.toContain("\n");
});

it("a reboot is told as it goes", () => {
  const host = "web1" as HostName;
  expect([
    describeProgress({ kind: "rebooting", host, within: 600_000 }),
    describeProgress({ kind: "back", host, after: 43_210, stable: 60_000 }),
    describeProgress({ kind: "stable", host, after: 103_900 }),
  ]).toEqual([
    "  web1: rebooting; it must be back within 10m",
    "  web1: back after 43 s; it must stay so for 1m",
    "  web1: stable, 104 s after it was told to reboot",
  ]);
});

it("a host that was put back says why, and counts as a failure", () => {
  const failure = { code: "not_confirmed", detail: "max stays 300000", sent: true } as const;
  const reverted = report("gw1", { kind: "reverted", failure, actions });
  expect(describeOutcome(reverted.outcome)).toMatch(
    /^put back: the change was not confirmed in time: max stays 300000; next: /,
  );
  expect(exitCode([reverted], { findingsCount: false, failOn: "warning", maxUnreachable: 9 })).toBe(3);
});

it("a rolling change is told as it goes", () => {
  const host = "web1" as HostName;
  const because = { code: "connection_lost", detail: "", sent: true } as const;
  const lost = "the connection was lost; next: see whether the host is up, and its log of sshd";
  expect([
    describeProgress({ kind: "shuffled", play: "Raise", seed: 7 }),
    describeProgress({ kind: "pause", wait: 30_000 }),
    describeProgress({ kind: "gate", gate: "drops", closed: "gw1: 5 new\u001b", left: 45_000 }),
    describeProgress({ kind: "gate", gate: "drops", closed: "no answer", left: 0 }),
    describeProgress({ kind: "gate", gate: "drops", closed: undefined, left: 0 }),
    describeProgress({ kind: "hook", host, when: "before", name: "drain" }),
    describeProgress({ kind: "waiting", host, because, left: 90_500 }),
    describeProgress({ kind: "reverting", host, because }),
  ]).toEqual([
    "Raise: hosts in an order of its own; the same again: --seed 7",
    "the next batch follows in 30s",
    "gate drops: closed: gw1: 5 new\\x1b; it is looked at again for 45s",
    "gate drops: closed: no answer",
    "gate drops: open",
    "  web1: before: drain",
    `  web1: ${lost}; it is tried again, and puts itself right within 91s`,
    `  web1: is being put back: ${lost}`,
  ]);
});
