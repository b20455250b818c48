import { describe, expect, it } from "vitest";
import type { InventoryLock } from "../../src/history/inventory-lock.ts";
import type { RunProgress } from "../../src/history/progress-of.ts";
import type { Action } from "../../src/model/action.ts";
import type { BootId, HostName, NonEmpty, RunId } from "../../src/model/brand.ts";
import type { HostReport, Outcome } from "../../src/model/outcome.ts";
import { problemOf } from "../../src/model/problem.ts";
import { absent, read, unreadable } from "../../src/model/reading.ts";
import type { SavedPlan } from "../../src/plan/saved-plan.ts";
import { howToGoOn } from "../../src/report/how-to-go-on.ts";
import { type HostLocks, heldWords, locksJson, locksText } from "../../src/report/locks.ts";
import { notPutBack } from "../../src/report/not-put-back.ts";
import { afterRollback, rollbackSummary } from "../../src/report/rollback.ts";
import { savedPlanSummary } from "../../src/report/saved-plan.ts";
import { stepQuestion } from "../../src/report/step-question.ts";
import { plain } from "../support/colours.ts";

const run = "20261123T080000Z-00000001" as RunId;
const set: Action = { kind: "set_hashsize", task: "t", from: 32768, to: 65536 };
const command = (undo: NonEmpty<string> | undefined): Action => ({
  ...{ kind: "run", task: "t", argv: ["iptables", "-A", "INPUT", "-m", "it's"], undo, within: 30_000 },
  when: "after_files",
});
const reboot: Action = { kind: "reboot", task: "t", from: "a" as BootId, within: 1, stable: 1 };
const names = (...list: readonly string[]) => list as HostName[];
const report = (name: string, outcome: Outcome): HostReport => ({ name: name as HostName, outcome, findings: [] });
const badly = (name: string, kind: "failed" | "unreachable" | "reverted" | "unknown"): HostReport =>
  report(name, { kind, failure: { code: "set_failed", detail: "", sent: true }, actions: [set] });
const changed = report("gw1", { kind: "changed", actions: [set] });
const owing = report("gw2", {
  ...{ kind: "failed", failure: { code: "after_failed", detail: "", sent: true }, actions: [set] },
});
const left = report("gw9", { kind: "not_attempted", because: "x", actions: [] });

describe("the last words of a run", () => {
  const resume = `ctfleet resume ${run}`;
  const retry = `once that is mended, a new run over all that did not make it: ctfleet apply --retry-failed ${run}`;
  const rollback = (hosts: string) => `to put back what this run has changed on ${hosts}: ctfleet rollback ${run}`;

  it.each<[string, number, readonly HostReport[], readonly string[]]>([
    ["where all is well", 0, [changed], []],
    [
      "after a stop",
      130,
      [changed, left],
      [`the run was stopped, and its journal is whole; it goes on with: ${resume}`, rollback("1 host")],
    ],
    ["after a failure", 3, [changed, badly("gw2", "failed")], [retry, rollback("2 hosts")]],
    ["where a host put itself right", 3, [badly("gw2", "reverted")], [retry]],
    [
      "where hosts were left out",
      3,
      [changed, left],
      [`1 host was left out; the run goes on with: ${resume}`, rollback("1 host")],
    ],
    [
      "where nobody knows how one ended",
      3,
      [badly("gw2", "unknown"), left, left],
      [`nobody knows how 1 host ended, 2 hosts were left out; the run goes on with: ${resume}`, rollback("1 host")],
    ],
    [
      "where only what comes after a change failed",
      3,
      [owing],
      [`what comes after the change failed on 1 host; the run goes on with: ${resume}`, rollback("1 host")],
    ],
  ])("%s", (_, exit, hosts, lines) => {
    expect(howToGoOn({ run, exit, hosts })).toEqual(lines);
  });

  it("a trial is kept by persist, and is not put back: it ends by itself", () => {
    expect(howToGoOn({ run, exit: 3, hosts: [changed, badly("gw2", "failed")], trial: 60 })).toEqual([
      retry,
      `to keep what this trial has set on gw[1-2]: ctfleet persist ${run}`,
    ]);
  });
});

describe("the last words of a rollback", () => {
  const of = "20261122T165150Z-3f9a12bc";
  const back = report("gw1", { kind: "changed", actions: [set], undone: true });
  const already = report("gw3", { kind: "compliant" });

  it.each<[string, number, readonly HostReport[], readonly string[]]>([
    ["none where all is as it was", 0, [back, already], []],
    [
      "what was left, and how to try again",
      3,
      [back, badly("gw2", "failed"), left],
      [`not put back: gw[2,9]; see to what is told of them, then once more over what is left: ctfleet rollback ${of}`],
    ],
    [
      "after a stop: resume",
      130,
      [back, left],
      [`the rollback was stopped, and its journal is whole; it goes on with: ctfleet resume ${run}`],
    ],
  ])("are %s", (_, exit, hosts, lines) => {
    expect(afterRollback({ run, of, exit, hosts })).toEqual(lines);
  });
});

it("the question before a batch says what comes, and what came before", () => {
  const batch = { play: "Raise", number: 2, of: 5, hosts: names("web1", "web2"), ended: [changed, left] };
  expect(stepQuestion(batch)).toBe(
    "so far: 1 changed, 1 not attempted\nRaise: batch 2 of 5, 2 hosts: web[1-2]\nChange them? [y/N, c: this and all that follow] ",
  );
  expect(stepQuestion({ ...batch, ended: [] })).not.toContain("so far");
});

describe("what cannot be put back", () => {
  it("is told by what it is, with its hosts", () => {
    const lossy: Action = { kind: "unload_modules", task: "t", modules: ["nf_conntrack"] };
    expect(
      notPutBack([
        { name: "gw1", actions: [set, command(undefined), command(undefined)] },
        { name: "gw2", actions: [command(undefined), reboot, lossy] },
        { name: "gw3", actions: [set, command(["iptables", "-D", "INPUT"])] },
      ]),
    ).toEqual([
      String.raw`stays: iptables -A INPUT -m 'it'\''s' (no undo): gw[1-2]`,
      "stays: what the reboot has ended; a host is not rebooted again: gw2",
      "stays: the loss of tracked connections: gw2",
    ]);
  });

  it("is told before a rollback, which goes batch by batch", () => {
    const batches = [1, 2].map((number) => ({ play: 0, number, of: 3, hosts: names(`gw${number}`) }));
    const changes = new Map([
      ["gw1" as HostName, [set]],
      ["gw2" as HostName, [command(undefined)]],
    ]);
    const progress = { record: { run, playbook: "/p.yaml" }, batches, changes } as unknown as RunProgress;
    expect(rollbackSummary(progress, ["gw1", "gw2"])).toEqual([
      `run ${run} of /p.yaml changed gw[1-2]`,
      "2 hosts to be put back, in 2 batches as they were changed: files, values, modules, rules and commands with undo",
      String.raw`stays: iptables -A INPUT -m 'it'\''s' (no undo): gw2`,
      "a host that somebody has changed since is left as it is, and told",
    ]);
    expect(rollbackSummary(progress, ["gw1"])[1]).toMatch(/^1 host to be put back: /);
  });

  it("is told of a saved plan, with how much it changes", () => {
    const planned = (actions: readonly Action[]) => ({ play: 0, plan: { kind: "planned", actions } });
    const hosts = [
      { name: "gw1", plans: [planned([set, command(undefined)])] },
      { name: "gw2", plans: [planned([]), { play: 1, plan: { kind: "skipped", because: "x" } }] },
    ];
    const plan = { run, playbook: "/p.yaml", made: Date.UTC(2026, 10, 23), hosts } as unknown as SavedPlan;
    expect(savedPlanSummary(plan, "x.plan")).toEqual([
      `x.plan: plan ${run} of /p.yaml, made 2026-11-23T00:00:00Z`,
      "2 changes on 1 host: gw1; 1 host without changes",
      String.raw`stays: iptables -A INPUT -m 'it'\''s' (no undo): gw1`,
    ]);
    expect(savedPlanSummary({ ...plan, hosts: plan.hosts.slice(1) }, "x.plan")[1]).toBe("nothing to change on 1 host");
  });
});

describe("who holds what", () => {
  const by = {
    ...{ run, command: "apply", user: "root", inventory: ["/inventory.yaml"], pid: 4711, started: "1" },
    ...{ boot: "b", namespace: "pid:[1]", controller: "control1" },
  };
  const inventories: readonly InventoryLock[] = [
    { kind: "held", file: "/s/a.json", by },
    { kind: "stale", file: "/s/b.json", by: { ...by, inventory: [] } },
    { kind: "unreadable", file: "/s/c.json", problem: problemOf("/s/c.json", "belongs to another user") },
  ];
  const none = { lock: absent, pending: absent, reverted: absent };
  const hosts: readonly HostLocks[] = [
    {
      name: "gw1" as HostName,
      kind: "read",
      own: { ...none, lock: read({ run, owner: "x@\u001b[2J", remaining: 120 }) },
    },
    { name: "gw2" as HostName, kind: "read", own: { ...none, lock: read({ run, owner: "x@y", remaining: 0 }) } },
    { name: "gw3" as HostName, kind: "read", own: { ...none, pending: read({ run, part: 1, remaining: 95 }) } },
    {
      name: "gw4" as HostName,
      kind: "read",
      own: { ...none, reverted: read({ run, part: 1, because: "boot", left: ["max: 5"] }) },
    },
    { name: "gw5" as HostName, kind: "read", own: { ...none, lock: unreadable("no root") } },
    { name: "gw6" as HostName, kind: "read", own: none },
    {
      name: "gw8" as HostName,
      kind: "read",
      own: { ...none, reverted: read({ run, part: 1, because: "asked", left: [] }) },
    },
    { name: "gw7" as HostName, kind: "failed", failure: { code: "connection_refused", detail: "", sent: false } },
  ];

  it("is told in a line for each lock", () => {
    const holder = `run ${run} (apply of root, process 4711 on control1)`;
    const lines = locksText({ inventories, hosts }, plain).split("\n");
    expect(lines).toEqual([
      `inventory /inventory.yaml: ${holder} is at work`,
      `inventory by default: left behind by ${holder}, which is gone: the next run takes it over; ctfleet locks --break removes it`,
      "/s/c.json belongs to another user: remove it where no run is under way",
      `gw1   run ${run} of x@\\x1b[2J has it; it ends by itself in 2m`,
      `gw2   left behind by run ${run} of x@y: the next run takes it over`,
      `gw3   run ${run} waits for its confirmation: put back in 95s`,
      `gw4   run ${run} was put back: the host went down before it was confirmed; not put back: max: 5`,
      "gw5   its lock cannot be read: no root",
      expect.stringMatching(/^gw7 {3}the port is closed/),
      "2 hosts with nothing of a run",
      "",
    ]);
    expect(locksText({ inventories: [], hosts: [] }, plain)).toBe("no inventory is locked on this controller\n");
    expect(heldWords(by, "/s/a.json")).toBe(
      `ctfleet: ${holder} is changing hosts of this inventory; wait for it, or see: ctfleet locks`,
    );
    expect(heldWords(undefined, "/s/a.json")).toContain("/s/a.json: the lock of this inventory cannot be read");
  });

  it("is in JSON for scripts", () => {
    expect(JSON.parse(locksJson({ inventories, hosts }))).toMatchObject({
      schema: 1,
      command: "locks",
      inventories: [
        { state: "held", run, pid: 4711, inventory: ["/inventory.yaml"] },
        { state: "stale" },
        { state: "unreadable", because: "belongs to another user" },
      ],
      hosts: [
        { name: "gw1", lock: { kind: "read", value: { run, remaining: 120 } }, pending: { kind: "absent" } },
        ...["gw2", "gw3", "gw4", "gw5", "gw6", "gw8"].map((name) => ({ name })),
        { name: "gw7", failure: { code: "connection_refused" } },
      ],
    });
  });
});
