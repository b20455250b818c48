import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../src/expr/compile.ts";
import { evaluate, type Verdict } from "../../src/expr/evaluate.ts";
import { factsContext } from "../../src/expr/facts-context.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Vars } from "../../src/model/host.ts";
import { absent, read, unreadable } from "../../src/model/reading.ts";
import { someFacts } from "./some-facts.ts";

const at = { file: "play.yaml", line: 1, column: 1 };
const verdict = (text: string, facts: Facts = someFacts(), vars: Vars = {}): Verdict => {
  const compiled = compileExpression({ text, at });
  if (compiled.kind !== "ok") throw new Error(compiled.problems[0].message);
  const context = {
    facts: factsContext(facts),
    vars,
    host: { name: "gw1", groups: ["gateways"] },
    play: { name: "p" },
  };
  return evaluate(compiled.value, context);
};
const sick = someFacts({ conntrack: { max: unreadable("permission denied"), count: absent } });

describe("an expression says true, false or unknown of a host", () => {
  it.each([
    ["facts.conntrack.max * 2 > 100", "true"],
    ["facts.conntrack.usage < 0.8", "true"],
    ["facts.conntrack.usage < 1", "true"],
    ["facts.memory.total / 1024 / 1024 / 1024 == 62", "true"],
    [`facts.init != "systemd"`, "false"],
    [`"gateways" in host.groups`, "true"],
    [`host.name == "gw1" && play.name == "p"`, "true"],
    [`facts.modules.loaded.exists(m, m.name == "nf_conntrack" && m.references > 0)`, "true"],
    [`facts.modules.loaded.all(m, "nf_nat" in m.used_by)`, "true"],
    [`facts.conntrack.statistics["drop"] == 107`, "true"],
    ["facts.firewall.services[0].active", "true"],
    ["facts.kernel.uptime > 600", "true"],
  ])("%s is %s", (text, expected) => {
    expect(verdict(text)).toEqual({ kind: expected });
  });

  it("is unknown over a fact that could not be read, and so is its negation; both name the fact", () => {
    const because = "facts.conntrack.max could not be read: permission denied";
    for (const text of [
      "facts.conntrack.max > 1",
      "!(facts.conntrack.max > 1)",
      "facts.conntrack.max > 1 ? true : true",
      "has(facts.conntrack.max)",
      "!has(facts.conntrack.max)",
      "facts.conntrack.max == facts.conntrack.max",
    ])
      expect(verdict(text, sick)).toEqual({ kind: "unknown", because });
  });

  it("is unknown over a fact that the host does not have", () => {
    expect(verdict("facts.conntrack.count == 0", sick)).toEqual({
      kind: "unknown",
      because: "this host has no facts.conntrack.count",
    });
  });

  it.each([
    ["facts.conntrack.max > 1 || true", "true"],
    ["true || facts.conntrack.max > 1", "true"],
    ["facts.conntrack.max > 1 || false", "unknown"],
    ["facts.conntrack.max > 1 && false", "false"],
    ["facts.conntrack.max > 1 && true", "unknown"],
    ["false && facts.conntrack.max > 1", "false"],
  ])("an unknown side decides nothing alone: %s is %s", (text, expected) => {
    expect(verdict(text, sick).kind).toBe(expected);
  });

  it("is unknown where the result is not true or false, or cannot be worked out", () => {
    expect(verdict("vars.enabled", someFacts(), { enabled: "yes" })).toEqual({
      kind: "unknown",
      because: "the result is text, not true or false",
    });
    expect(verdict("facts.conntrack.max / (facts.conntrack.max - 65536) == 1").kind).toBe("unknown");
    expect(verdict("facts.conntrack.max * 9223372036854775807 > 0").kind).toBe("unknown");
  });

  it("reads host variables of every kind, and names the one that is not set", () => {
    const vars = { limit: 0.6, whole: 1, site: "fra", deep: { list: [1, 2] }, constructor: "x" };
    expect(verdict("facts.conntrack.usage < vars.limit", someFacts(), vars)).toEqual({ kind: "true" });
    expect(verdict("facts.conntrack.usage < vars.whole", someFacts(), vars)).toEqual({ kind: "true" });
    expect(verdict(`vars.site == "fra" && vars.deep.list[1] == 2`, someFacts(), vars)).toEqual({ kind: "true" });
    expect(verdict(`vars.constructor == "x"`, someFacts(), vars)).toEqual({ kind: "true" });
    expect(verdict("vars.limt < 1", someFacts(), vars)).toEqual({ kind: "unknown", because: "vars.limt is not set" });
    expect(verdict("has(vars.limt) && vars.limt < 1", someFacts(), vars)).toEqual({ kind: "false" });
    expect(verdict("vars.__proto__.x == 1", someFacts(), vars).kind).toBe("unknown");
  });

  it("takes host data for data, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const facts = someFacts({ os: { id: read(id) } });
        expect(verdict("facts.os.id == vars.id", facts, { id })).toEqual({ kind: "true" });
      }),
    );
  });
});
