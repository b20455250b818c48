import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Action, commandPhases, evenIfs, firewallNames } from "../../src/model/action.ts";
import type { BootId, HostName, HostPath, NonEmpty, RunId, SysctlKey } from "../../src/model/brand.ts";
import { failedCodes } from "../../src/model/failure.ts";
import { Vaulted } from "../../src/model/host.ts";
import type { HostReport, Outcome } from "../../src/model/outcome.ts";
import { actionData, parseAction } from "../../src/plan/action-data.ts";
import { parseReport, reportData } from "../../src/plan/report-data.ts";

const text = fc.string({ unit: "binary" });
const words = fc.array(text, { minLength: 1, maxLength: 3 }).map((list) => list as unknown as NonEmpty<string>);
const whole = fc.nat();
const mode = fc.integer({ min: 0, max: 0o7777 });
const path = fc.constantFrom("/etc/a", "/etc/sysctl.d/99-zz.conf").map((one) => one as HostPath);
const from = fc.oneof(
  fc.constant({ kind: "absent" as const }),
  fc.record({
    kind: fc.constant("regular" as const),
    sha256: fc.constant("0".repeat(64)),
    ...{ mode, uid: whole, gid: whole },
  }),
);
const before = fc.option(text, { nil: undefined });
const secrets = fc.constant([]);
const key = fc.constantFrom("net.netfilter.nf_conntrack_max", "net.ipv4.ip_forward").map((one) => one as SysctlKey);
const live = fc.record(
  {
    hashsize: fc.option(whole, { nil: undefined }),
    keys: fc.array(fc.tuple(key, text)).map((pairs) => new Map(pairs)),
    kept: fc.array(text).map((names) => new Set(names)),
  },
  { requiredKeys: ["hashsize", "keys"] },
);
const kind = <Name extends Action["kind"]>(name: Name) => ({ kind: fc.constant(name), task: text });

const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ ...kind("write"), path, text, mode, uid: whole, gid: whole, from, before, secrets }),
  fc.record({ ...kind("remove"), path, from, before, secrets }),
  fc.record({ ...kind("set_hashsize"), to: whole, from: whole }),
  fc.record({ ...kind("set"), key, to: text, from: text }),
  fc.record({ ...kind("load_module"), module: text, then: live }),
  fc.record({ ...kind("unload_modules"), modules: words }),
  fc.record({ ...kind("reload_modules"), unload: words, load: words, then: live }),
  fc.record({
    ...kind("restart_firewall"),
    service: fc.constantFrom(...firewallNames),
    evenIf: fc.subarray([...evenIfs]),
    ...{ unloads: fc.boolean(), then: live },
  }),
  fc.record({
    ...kind("reboot"),
    from: fc.constant("0a1b2c3d-0000-4000-8000-000000000001" as BootId),
    ...{ within: whole, stable: whole },
  }),
  fc.record({ ...kind("end_trial"), run: fc.constant("20261122T165150Z-3f9a" as RunId) }),
  fc.record({
    ...kind("run"),
    argv: words,
    undo: fc.option(words, { nil: undefined }),
    ...{ within: whole, when: fc.constantFrom(...commandPhases) },
  }),
);

const throughJson = (data: unknown): unknown => JSON.parse(JSON.stringify(data));
const withoutTexts = (action: Action): Action => {
  if (action.kind === "write") return { ...action, text: "", before: undefined, secrets: [] };
  return action.kind === "remove" ? { ...action, before: undefined, secrets: [] } : action;
};

describe("an action as JSON", () => {
  it("is the same action again, its texts among it", () => {
    fc.assert(
      fc.property(actions, (action) => {
        expect(parseAction(throughJson(actionData(action, { texts: true })))).toEqual(action);
      }),
      { numRuns: 300 },
    );
  });

  it("has no text of a file where none is asked for, and is the same otherwise", () => {
    fc.assert(
      fc.property(actions, (action) => {
        expect(parseAction(throughJson(actionData(action, { texts: false })))).toEqual(withoutTexts(action));
      }),
      { numRuns: 300 },
    );
  });

  it("never holds a secret beside the texts", () => {
    const vault = new Vaulted("hunter2", undefined);
    const action = { ...aWrite, text: "password hunter2\n", before: "password hunter2\n", secrets: [vault] };
    expect(JSON.stringify(actionData(action, { texts: false }))).not.toMatch(/hunter2|\*\*\*/);
    expect(Object.keys(actionData(action, { texts: true }))).not.toContain("secrets");
  });

  it.each<[string, object]>([
    ["another kind", { kind: "format_disk" }],
    ["a key too many", { also: 1 }],
    ["a path that leads upwards", { path: "/etc/../x" }],
    ["a mode that is none", { mode: 0o10000 }],
    ["a hash that is none", { from: { kind: "regular", sha256: "x", mode: 0, uid: 0, gid: 0 } }],
    ["a text that is none", { text: 1 }],
  ])("is refused with %s", (_, odd) => {
    const data = throughJson(actionData(aWrite, { texts: true })) as object;
    expect(parseAction(data)).toEqual(aWrite);
    expect(parseAction({ ...data, ...odd })).toBeUndefined();
  });
});

const aWrite: Extract<Action, { kind: "write" }> = {
  ...{ kind: "write", task: "t", path: "/etc/a" as HostPath, text: "a", mode: 0o644, uid: 0, gid: 0 },
  ...{ from: { kind: "absent" }, before: "", secrets: [] },
};

describe("a host's report as JSON", () => {
  const some = fc.array(actions, { minLength: 1, maxLength: 3 }).map((list) => list as unknown as NonEmpty<Action>);
  const lists = fc.array(actions, { maxLength: 3 });
  const failure = fc.record({ code: fc.constantFrom(...failedCodes), detail: text, sent: fc.boolean() });
  const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
    fc.constant({ kind: "compliant" as const }),
    fc.record(
      { kind: fc.constant("changed" as const), actions: some, trial: whole },
      { requiredKeys: ["kind", "actions"] },
    ),
    fc.record(
      { kind: fc.constant("drifted" as const), actions: lists, needs: fc.array(text), done: some },
      { requiredKeys: ["kind", "actions", "needs"] },
    ),
    fc.record({ kind: fc.constantFrom("failed", "unreachable", "reverted", "unknown"), failure, actions: lists }),
    fc.record({ kind: fc.constant("not_attempted" as const), because: text, actions: lists }),
    fc.record({ kind: fc.constant("skipped" as const), because: text }),
  );
  const findings = fc.array(
    fc.record({
      ...{ code: text, severity: fc.constantFrom("info", "warning", "error"), title: text },
      ...{ evidence: text, remedy: text },
    }),
    { maxLength: 2 },
  );
  const reports: fc.Arbitrary<HostReport> = fc.record({
    name: fc.constantFrom("web1", "2001:db8::1").map((name) => name as HostName),
    ...{ outcome: outcomes, findings },
  });

  it("is the same report again, but for texts of files", () => {
    fc.assert(
      fc.property(reports, ({ outcome, ...report }) => {
        const plain = (list: readonly Action[]) => list.map(withoutTexts);
        const expected = {
          ...report,
          outcome: {
            ...outcome,
            ...("actions" in outcome ? { actions: plain(outcome.actions) } : {}),
            ...("done" in outcome ? { done: plain(outcome.done) } : {}),
          },
        };
        expect(parseReport(throughJson(reportData({ ...report, outcome })))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("is refused where it is no report that this version writes", () => {
    const data = { name: "web1", outcome: { kind: "compliant" }, findings: [] };
    expect(parseReport(data)).toEqual(data);
    for (const odd of [{ name: "a;reboot" }, { outcome: { kind: "fine" } }, { findings: [1] }, { more: 1 }])
      expect(parseReport({ ...data, ...odd })).toBeUndefined();
  });
});
