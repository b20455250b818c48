import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { failureOf } from "../../src/apply/failure-of.ts";
import { parseApply } from "../../src/apply/parse-apply.ts";
import type { RunId, SysctlKey } from "../../src/model/brand.ts";
import { maxKey, nonce, run, set, sha256, write } from "./private-root.ts";

const file = write("/etc/a", "new\n", { from: { kind: "absent" } });
const actions = [file, set(maxKey, "2", "1")] as const;
const part = (name: string, text: string): string => `@${nonce} ${name} ${Buffer.byteLength(text)}\n${text}\n`;
const parts = (...pairs: readonly (readonly [string, string])[]): Buffer =>
  Buffer.from([...pairs.map(([name, text]) => part(name, text)), part("end", "")].join(""));
const parse = (...pairs: readonly (readonly [string, string])[]) => parseApply(parts(...pairs), { nonce, actions });

describe("parseApply", () => {
  it("takes a step without a result for garbled, unless an earlier one failed", () => {
    expect(parse(["step/1", "done"])).toMatchObject({ kind: "garbled" });
    expect(parse(["step/1", "failed no room"])).toMatchObject({
      kind: "failed",
      steps: [{}, { result: { kind: "not_tried" } }],
    });
    expect(parse(["step/1", "done"], ["step/2", "already"])).toMatchObject({
      kind: "applied",
      backup: { kind: "none" },
    });
  });

  it.each([
    ["an action that there is not", "step/3", "done"],
    ["a step 0", "step/0", "done"],
    ["an unknown part", "stride/1", "done"],
    ["an unknown result", "step/1", "fine"],
    ["an unknown reason", "check/1", "refused ugly"],
    ["an unknown check", "check/1", "odd"],
    ["a state that is none", "check/1", "stale 0644 0"],
    ["a state with a short sum", "check/1", `stale 644 0 0 ${"a".repeat(63)}`],
    ["an unknown backup", "backup", "lost"],
    ["a value of an action that has none", "step/2_1", "done"],
    ["a busy module without a number", "step/1", "busy nf_nat many - in use"],
    ["an unknown timer", "trial", "armed somehow"],
  ])("takes %s for garbled", (_, name, text) => {
    expect(parse([name, text], ["step/1", "done"], ["step/2", "done"])).toMatchObject({ kind: "garbled" });
  });

  it("gives each value of a reload its result, and takes one that is missing for garbled", () => {
    const then = { hashsize: 8192, keys: new Map([[maxKey as SysctlKey, "65536"]]) };
    const reload = { kind: "load_module", task: "a module", module: "nf_conntrack", then } as const;
    const read = (...pairs: readonly (readonly [string, string])[]) =>
      parseApply(parts(...pairs), { nonce, actions: [reload] });
    expect(read(["step/1", "done"], ["step/1_1", "already"], ["step/1_2", "differs 7"])).toMatchObject({
      kind: "failed",
      steps: [
        {
          result: { kind: "done" },
          values: [
            { name: "hashsize", result: { kind: "already" } },
            { name: maxKey, result: { kind: "differs", found: "7" } },
          ],
        },
      ],
    });
    expect(read(["step/1", "done"], ["step/1_1", "already"])).toMatchObject({ kind: "garbled" });
    expect(read(["step/1", "done"], ["step/1_3", "done"])).toMatchObject({ kind: "garbled" });
  });

  it("tells who holds a module, and what waits for a trial's end", () => {
    expect(parse(["step/1", "busy nf_nat 2 xt_nat,xt_MASQUERADE FATAL: in use"])).toMatchObject({
      steps: [
        { result: { module: "nf_nat", references: 2, holders: ["xt_nat", "xt_MASQUERADE"], error: "FATAL: in use" } },
        {},
      ],
    });
    expect(parse(["step/1", "busy nf_nat 2 - FATAL"])).toMatchObject({ steps: [{ result: { holders: [] } }, {}] });
    expect(parse(["trial", "armed systemd"], ["step/1", "done"], ["step/2", "done"])).toMatchObject({
      trial: "systemd",
    });
  });

  it("takes two results of one step for garbled", () => {
    expect(parse(["step/1", "done"], ["step/1", "done"], ["step/2", "done"])).toMatchObject({ kind: "garbled" });
  });

  it("tells refusals before stale states", () => {
    expect(parse(["check/1", "refused hard_link"], ["check/2", "stale 3"])).toMatchObject({
      kind: "refused",
      refusals: [{ because: "hard_link" }],
    });
    expect(parse(["check/2", "stale 3"])).toMatchObject({
      kind: "stale",
      stale: [{ found: { kind: "value", text: "3" } }],
    });
  });

  it("caps what a host says, and survives bytes that are no text", () => {
    const result = parseApply(parts(["step/1", `failed ${"x".repeat(5000)}`]), { nonce, actions });
    expect(result.kind === "failed" && result.steps[0].result).toEqual({ kind: "failed", error: "x".repeat(500) });
    const bytes = Buffer.concat([
      Buffer.from(`@${nonce} step/1 8\nfailed `),
      Buffer.from([0xff]),
      Buffer.from(`\n${part("end", "")}`),
    ]);
    expect(parseApply(bytes, { nonce, actions }).kind).toBe("failed");
  });

  it("never calls output applied that was cut anywhere", () => {
    const whole = parts(["backup", "kept /b"], ["step/1", "done"], ["step/2", "done"]);
    // The last two bytes end the last header, and its empty content.
    for (let end = 0; end < whole.length - 2; end++)
      expect(parseApply(whole.subarray(0, end), { nonce, actions }).kind).toBe("garbled");
  });

  it("never throws on any output", () => {
    const word = fc.constantFrom(
      "done",
      "already",
      "failed x",
      "stale absent",
      "refused folder",
      "kept /b",
      "busy a 1 - x",
      "",
    );
    const name = fc.constantFrom(
      "step/1",
      "step/2",
      "step/1_1",
      "trial",
      "check/1",
      "check/2",
      "backup",
      "step/x",
      "end",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.oneof(word, fc.string()))), (pairs) => void failureOf(parse(...pairs))),
    );
  });
});

describe("failureOf", () => {
  it("gives each end its code, and says whether anything may have changed", () => {
    const codes = [
      [
        ["step/1", "done"],
        ["step/2", "done"],
      ],
      [["check/1", `stale 644 0 0 ${sha256("")}`]],
      [["check/1", "refused symlink"]],
      [["check/2", "refused in_use nf_nat"]],
      [
        ["check/1", "refused in_use nf_nat"],
        ["check/2", "refused rules_differ x"],
      ],
      [["step/2", "busy nf_nat 1 - x"]],
      [["backup", "failed no room"]],
      [["step/1", "failed no room"]],
      [
        ["step/1", "done"],
        ["step/2", "differs 7"],
      ],
      [["step/1", "done"]],
    ] as const;
    expect(
      codes.map((pairs) => failureOf(parse(...pairs))).map((failure) => failure && [failure.code, failure.sent]),
    ).toEqual([
      undefined,
      ["stale", false],
      ["target_refused", false],
      ["module_busy", false],
      ["rules_differ", false],
      ["module_busy", true],
      ["write_failed", true],
      ["write_failed", true],
      ["set_failed", true],
      ["output_garbled", true],
    ]);
  });
});

describe("buildApply", () => {
  const good = { nonce, run: run(), root: "", actions, owner: "root@controller" };
  it("throws on what no caller may ask for", () => {
    expect(() => buildApply({ ...good, nonce: "x" })).toThrow("nonce");
    expect(() => buildApply({ ...good, run: "../../etc" as RunId })).toThrow("run");
    expect(() => buildApply({ ...good, root: "/a\n/b" })).toThrow("root");
    expect(() => buildApply({ ...good, actions: [file, file] })).toThrow("two actions");
    expect(() => buildApply({ ...good, actions: [{ ...file, text: "\0" }] })).toThrow("NUL");
    for (const key of ["net..x", "net.//.x", "."])
      expect(() => buildApply({ ...good, actions: [set(key, "1", "0")] })).toThrow("sysctl");
  });
});
