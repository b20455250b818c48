import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { progressOf } from "../../src/history/progress-of.ts";
import type { HostName } from "../../src/model/brand.ts";
import { hostStages, type JournalEntry } from "../../src/model/journal.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import {
  badly,
  changed,
  failure,
  hosts,
  intent,
  older,
  outcome,
  reboot,
  recordOf,
  result,
  set,
  token,
  write,
} from "./records.ts";

const fold = (...entries: readonly JournalEntry[]) => progressOf(recordOf(older), entries);
const resumed = (...entries: readonly JournalEntry[]) => fold(...entries).resumed.get("gw1" as HostName);
const open = { kind: "open", changed: [set], rebooted: false, token: undefined, play: undefined, owed: [0] };
const apply = intent("gw1", "apply", { token });
const waits = { ...open, token, play: 0 };

describe("how a run goes on with a host", () => {
  it.each<[string, readonly JournalEntry[], unknown]>([
    ["that nothing was sent to", [], undefined],
    ["for which something was begun", [intent("gw1", "before")], { ...open, changed: [] }],
    ["that something was sent to", [intent("gw1", "apply")], open],
    ["that waits for its confirmation", [apply], waits],
    [
      "that waits, and whose confirmation did not come through",
      [
        apply,
        result("gw1", "apply"),
        intent("gw1", "confirm"),
        result("gw1", "confirm", { failure: failure("connection_lost", true) }),
      ],
      waits,
    ],
    ["that is confirmed", [apply, result("gw1", "apply"), intent("gw1", "confirm"), result("gw1", "confirm")], open],
    [
      "that refused it",
      [apply, result("gw1", "apply", { failure: failure("stale", false) })],
      { ...open, changed: [] },
    ],
    ["that failed half way", [apply, result("gw1", "apply", { failure: failure("write_failed", true) })], waits],
    [
      "of which a check did not hold",
      [apply, result("gw1", "apply", { failure: failure("verify_false", false) })],
      waits,
    ],
    ["that was put back", [apply, intent("gw1", "revert"), result("gw1", "revert")], { ...open, changed: [] }],
    [
      "that was to be rebooted",
      [apply, intent("gw1", "reboot", { actions: [reboot] })],
      { ...waits, changed: [set, reboot], rebooted: true },
    ],
    [
      "that refused its reboot",
      [
        apply,
        result("gw1", "apply"),
        intent("gw1", "reboot", { actions: [reboot] }),
        result("gw1", "reboot", { failure: failure("reboot_refused", false) }),
      ],
      waits,
    ],
    ["whose `after` failed", [apply, result("gw1", "after", { failure: failure("after_failed", true) })], waits],
    [
      "that failed for nothing else",
      [
        ...[apply, result("gw1", "confirm"), result("gw1", "after", { failure: failure("after_failed", true) })],
        outcome("gw1", badly("failed", "after_failed")),
      ],
      open,
    ],
    ["whose `after` is over", [apply, result("gw1", "after")], { ...waits, owed: [] }],
    ["to which the same was sent again", [apply, { kind: "resumed" }, apply], waits],
    [
      "that has ended",
      [apply, outcome("gw1", changed)],
      { kind: "ended", report: { name: "gw1", outcome: changed, findings: [] }, play: 0, seen: undefined },
    ],
    ["that nobody knows how it ended", [apply, outcome("gw1", badly("unknown", "connection_lost"))], waits],
    [
      "that a stop came before",
      [outcome("gw1", { kind: "unreachable", failure: failure("stopped", false), actions: [] })],
      undefined,
    ],
    [
      "in its second play",
      [
        apply,
        result("gw1", "confirm"),
        result("gw1", "after"),
        intent("gw1", "apply", { play: 1, token: "b", actions: [write] }),
      ],
      { ...open, changed: [set, write], token: "b", play: 1, owed: [1] },
    ],
  ])("%s", (_, entries, expected) => {
    expect(resumed(...entries)).toEqual(expected);
  });
});

describe("what a run has changed", () => {
  it("is what it sent and did not put back, of every play", () => {
    const second = intent("gw2", "apply", { play: 1, token: "b", actions: [write] });
    const { changed: names, changes } = fold(
      ...[apply, intent("gw2", "apply"), second, outcome("gw2", badly("reverted", "not_confirmed"), 1)],
      ...[intent("gw3", "apply", { token }), outcome("gw3", badly("reverted", "not_confirmed"))],
    );
    expect([names, changes.get("gw2" as HostName)]).toEqual([["gw1", "gw2"], [set]]);
  });
});

describe("the end of a run", () => {
  const well = hosts.map((name) => outcome(name, changed));

  it("is an end only where every host has ended, and no stop was its reason", () => {
    const end = (exit: number): JournalEntry => ({ kind: "end", exit });
    expect([
      fold(...well, end(0)).ended,
      fold(...well).ended,
      fold(...well, end(130)).ended,
      fold(...well.slice(1), end(3)).ended,
      fold(...well, outcome("gw1", badly("unknown", "connection_lost")), end(3)).ended,
      fold(...well, outcome("gw1", badly("failed", "set_failed")), end(3)).ended,
      fold(...well, end(0), { kind: "resumed" }).ended,
    ]).toEqual([0, undefined, undefined, undefined, undefined, 3, undefined]);
  });

  it("why it stopped is told until it goes on, and a batch is told once", () => {
    const batch: JournalEntry = { kind: "batch", play: 0, number: 1, of: 2, hosts: hosts.slice(0, 2) };
    const stopped: JournalEntry = { kind: "stopped", because: "a gate is closed" };
    expect(fold(batch, stopped).stopped).toBe("a gate is closed");
    const on = fold(batch, stopped, { kind: "resumed" }, batch);
    expect([on.stopped, on.batches]).toEqual([undefined, [{ play: 0, number: 1, of: 2, hosts: ["gw1", "gw2"] }]]);
  });

  it.each<[Outcome, boolean]>([
    [changed, true],
    [{ kind: "compliant" }, true],
    [{ kind: "skipped", because: "x" }, true],
    [{ kind: "drifted", actions: [], needs: ["a reboot"] }, false],
    [{ kind: "not_attempted", because: "x", actions: [] }, false],
    ...(["failed", "unreachable", "reverted", "unknown"] as const).map((kind): [Outcome, boolean] => [
      badly(kind, "set_failed"),
      false,
    ]),
  ])("a host made it or is to be tried again: $kind", (how, made) => {
    const { notMade } = fold(outcome("gw1", how), ...well.slice(1));
    expect(notMade).toEqual(made ? [] : ["gw1"]);
  });
});

describe("whatever a journal tells", () => {
  const outcomes: readonly Outcome[] = [
    changed,
    { kind: "compliant" },
    badly("unknown", "connection_lost"),
    badly("reverted", "not_confirmed"),
  ];
  const about = fc.record({ host: fc.constantFrom(...hosts), play: fc.nat(1), stage: fc.constantFrom(...hostStages) });
  const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
    about.map(({ host, play, stage }) => intent(host, stage, { play, token: stage === "apply" ? token : undefined })),
    fc
      .tuple(about, fc.constantFrom(undefined, failure("stale", false), failure("set_failed", true)))
      .map(([{ host, play, stage }, failed]) => result(host, stage, { play, failure: failed })),
    fc.tuple(fc.constantFrom(...hosts), fc.constantFrom(...outcomes)).map(([host, how]) => outcome(host, how)),
    fc.constant<JournalEntry>({ kind: "resumed" }),
  );

  it("a host is ended or open, never both; a reboot that may have been sent is never forgotten; an end stands", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const { resumed: all, reports, notMade, changed: names } = fold(...entries);
        for (const name of hosts) {
          const own = entries.filter(
            (one) => ("host" in one && one.host === name) || (one.kind === "outcome" && one.report.name === name),
          );
          const how = all.get(name);
          if (own.length === 0)
            expect([how, notMade.includes(name), names.includes(name)]).toEqual([undefined, true, false]);
          if (how?.kind === "ended") expect(reports.get(name)).toBe(how.report);
          const last = own.at(-1);
          if (last?.kind === "outcome" && last.report.outcome.kind !== "unknown") expect(how?.kind).toBe("ended");
          if (last?.kind === "intent" && last.stage === "reboot")
            expect(how).toMatchObject({ kind: "open", rebooted: true });
          if (last?.kind === "intent" && last.stage === "apply")
            expect(how).toMatchObject({ kind: "open", token, play: last.play });
        }
      }),
    );
  });

  it("a line more changes nothing of another host", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const alone = entries.filter(
          (one) =>
            !("host" in one && one.host === hosts[1]) && !(one.kind === "outcome" && one.report.name === hosts[1]),
        );
        expect(fold(...alone).resumed.get(hosts[0]!)).toEqual(fold(...entries).resumed.get(hosts[0]!));
      }),
    );
  });
});
