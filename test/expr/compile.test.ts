import { describe, expect, it } from "vitest";
import { compileExpression } from "../../src/expr/compile.ts";

const at = { file: "play.yaml", line: 7, column: 11 };
const problemOf = (text: string) => {
  const checked = compileExpression({ text, at });
  if (checked.kind === "ok") throw new Error(`compiled: ${text}`);
  return checked.problems[0];
};

describe("an expression is checked before any host is asked", () => {
  it.each([
    `facts.init == "systemd"`,
    `facts.init == "systemd" && facts.conntrack.loadable`,
    `facts.firewall.service == "iptables-services"`,
    "facts.conntrack.usage < 0.8",
    "facts.conntrack.usage < 1",
    "facts.conntrack.max * 2 > 100",
    `facts.os.id in ["centos", "rhel"]`,
    `"gateways" in host.groups && host.name.startsWith("gw")`,
    `facts.modules.loaded.exists(m, m.name == "nf_nat" && m.references > 0)`,
    `facts.conntrack.statistics["drop"] == 0`,
    `facts.conntrack.keys["net.netfilter.nf_conntrack_acct"] == "1"`,
    `has(vars.limit) && facts.conntrack.usage < vars.limit`,
    "vars.enabled",
  ])("compiles %s", (text) => {
    expect(compileExpression({ text, at }).kind).toBe("ok");
  });

  it.each([
    ["facts.conntrack.mx > 1", 16, "facts.conntrack has no mx; did you mean max?"],
    ["facts.conntrak.max > 1", 6, "facts has no conntrak; did you mean conntrack?"],
    ["fact.init == 'x'", 0, "there is no fact here: facts, vars, host and play are; did you mean facts?"],
    ["host.grops == []", 5, "host has no grops; did you mean groups?"],
    ["facts.init == 1", 0, "no such overload: string == int"],
    ["facts.conntrack.usage * 2 > 1.0", 0, "(write 2.0 for 2)"],
    ["facts.init ==", 13, "Unexpected token: EOF"],
    ["facts.conntrack.max", 0, "gives int, not true or false"],
    ["", 0, "empty"],
    ["facts.constructor == 1", 6, "facts has no constructor"],
  ])("refuses %s and points at the column", (text, start, message) => {
    const problem = problemOf(text);
    expect(problem.message).toContain(message);
    expect(problem.at).toEqual({ ...at, column: at.column + start });
  });

  it("points at the expression where its text has several lines", () => {
    expect(problemOf("facts.init == 'x' &&\n  facts.inti == 'y'").at).toEqual(at);
  });

  it.each([
    [`facts.init.matches("(a+)+$")`, "matches() is not offered"],
    [`true || [1].all(x, facts.init.matches("(a+)+$"))`, "matches() is not offered"],
    ["cel.bind(x, 1, x == 1)", "cel.bind() is not offered"],
    ["[1].all(a, [1].all(b, [1].all(c, a == b && b == c)))", "loops over at most 2 lists"],
    [`"${"x".repeat(1001)}" == ""`, "at most 1000 characters"],
    [`${"(".repeat(200)}true${")".repeat(200)}`, "maxDepth"],
  ])("refuses what could keep the controller busy: %.60s", (text, message) => {
    expect(problemOf(text).message).toContain(message);
  });
});
