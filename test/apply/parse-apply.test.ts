import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildApply } from "../../src/apply/build-apply.ts";
import { parseApply } from "../../src/apply/parse-apply.ts";
import { failureOf } from "../../src/apply/result.ts";
import type { RunId } from "../../src/model/brand.ts";
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
  ])("takes %s for garbled", (_, name, text) => {
    expect(parse([name, text], ["step/1", "done"], ["step/2", "done"])).toMatchObject({ kind: "garbled" });
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
    const word = fc.constantFrom("done", "already", "failed x", "stale absent", "refused folder", "kept /b", "");
    const name = fc.constantFrom("step/1", "step/2", "check/1", "check/2", "backup", "step/x", "end");
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
      ["write_failed", true],
      ["write_failed", true],
      ["set_failed", true],
      ["output_garbled", true],
    ]);
  });
});

describe("buildApply", () => {
  const good = { nonce, run: run(), root: "", actions };
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
