import { describe, expect, it } from "vitest";
import { finding } from "../../src/conntrack/findings/finding.ts";
import type { Action } from "../../src/model/action.ts";
import type { HostName, HostPath, NonEmpty } from "../../src/model/brand.ts";
import type { HostReport, Outcome } from "../../src/model/outcome.ts";
import { exitCode } from "../../src/report/exit.ts";
import { jsonReport } from "../../src/report/json.ts";
import { textReport } from "../../src/report/text.ts";
import { plain } from "../support/colours.ts";

const options = { colours: plain, diffs: true, from: "info", brief: false, fold: false } as const;
const write: Action = {
  kind: "write",
  task: "t",
  path: "/etc/x" as HostPath,
  text: "new \u001b[31m\n",
  mode: 0o644,
  uid: 0,
  gid: 0,
  from: { kind: "absent" },
  before: "",
  secrets: [],
};
const actions: NonEmpty<Action> = [write];
const report = (name: string, outcome: Outcome, findings: HostReport["findings"] = []): HostReport => ({
  name: name as HostName,
  outcome,
  findings,
});
const failure = { code: "connection_refused", detail: "ECONNREFUSED \u009b2J", sent: false } as const;
const mixed = [
  report("dead", { kind: "unreachable", failure, actions: [] }),
  report("fine", { kind: "compliant" }, [finding("CT103", "60000 of 65536, 92%")]),
  report("odd", { kind: "drifted", actions, needs: [] }),
];

describe("the text report", () => {
  it("has every host once, the worst last, and a summary whose counts add up", () => {
    const text = textReport(mixed, options);
    expect(text.match(/^(fine|odd|dead)/gm)).toEqual(["fine", "odd", "dead"]);
    expect(text).toContain("3 hosts: 1 compliant, 1 drifted, 1 unreachable; findings: 1 warning");
  });
  it("sends no control character of a host to the terminal, in diffs and failures neither", () => {
    // biome-ignore lint: control characters are what is looked for
    expect(textReport(mixed, options)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });
  it("is one line a host where it is brief", () => {
    const text = textReport(mixed, { ...options, brief: true });
    expect(text.trimEnd().split("\n")).toHaveLength(3);
  });
  it("loses nothing at a thousand hosts", () => {
    const many = Array.from({ length: 1000 }, (_, at) => report(`h${at}`, { kind: "compliant" }));
    expect(textReport(many, options).match(/^h\d+ /gm)).toHaveLength(1000);
  });
});

describe("folded", () => {
  const alike = ["web1", "web2", "db1", "web3"].map((name) => report(name, { kind: "compliant" }));
  const text = textReport([...alike, mixed[0]!], { ...options, fold: true });

  it("hosts of which the same is to be said share a block", () => {
    expect(text).toMatch(/^web\[1-3\],db1 +compliant/m);
  });
  it("a host of which something else is to be said keeps its own, and the counts are of hosts", () => {
    expect(text).toMatch(/^dead +unreachable/m);
    expect(text).toContain("5 hosts: 4 compliant, 1 unreachable");
  });
});

describe("the JSON report", () => {
  it("is schema 1, with every host once and the failure's code", () => {
    const json = JSON.parse(jsonReport({ command: "audit", run: "r", exit: 4, hosts: mixed })) as object;
    expect(json).toMatchObject({
      schema: 1,
      command: "audit",
      exit: 4,
      summary: { compliant: 1, drifted: 1, unreachable: 1 },
      hosts: [{ name: "dead", failure: { code: "connection_refused" } }, { name: "fine" }, { name: "odd" }],
    });
  });
});

describe("the exit code", () => {
  const rules = { findingsCount: true, failOn: "warning", maxUnreachable: 0 } as const;
  const ended = (kind: Outcome["kind"]): HostReport =>
    report(kind, { kind, failure, actions, needs: [], because: "x" });
  it.each<[number, readonly Outcome["kind"][]]>([
    [0, ["compliant", "skipped", "changed"]],
    [2, ["compliant", "drifted"]],
    [4, ["drifted", "unreachable"]],
    [3, ["unreachable", "failed"]],
    [3, ["unknown"]],
    [3, ["not_attempted", "unreachable", "drifted"]],
  ])("is %i for %j", (code, kinds) => {
    expect(exitCode(kinds.map(ended), rules)).toBe(code);
  });
  it("is 2 for a finding as grave as --fail-on, and 0 below it", () => {
    const host = report("h", { kind: "compliant" }, [finding("CT103", "")]);
    expect(exitCode([host], rules)).toBe(2);
    expect(exitCode([host], { ...rules, failOn: "error" })).toBe(0);
    expect(exitCode([host], { ...rules, findingsCount: false })).toBe(0);
  });
  it("lets as many hosts be unreachable as was said", () => {
    expect(exitCode([ended("unreachable")], { ...rules, maxUnreachable: 1 })).toBe(0);
    expect(exitCode([ended("unreachable"), ended("unreachable")], { ...rules, maxUnreachable: 1 })).toBe(4);
  });
});
