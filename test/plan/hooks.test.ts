import { describe, expect, it } from "vitest";
import type { HostName } from "../../src/model/brand.ts";
import { type InventoryHost, type Vars, Vaulted } from "../../src/model/host.ts";
import { checkVars } from "../../src/plan/check-vars.ts";
import { compilePlay } from "../../src/plan/compile.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { compiledPlays, valid } from "../support/play.ts";

const playOf = (head: string) => compiledPlays({ file: "play.yaml", text: `- hosts: all\n${head}\n` })[0]!;
const host = (vars: Vars = {}, name = "web1"): InventoryHost => ({
  name: name as HostName,
  groups: ["web", "eu"],
  vars,
});
const wordsOf = (words: string, vars?: Vars) =>
  playOf(`  before: { local: ${words} }`).hooks.before[0]!.words(host(vars));
const messages = (head: string) => {
  const parsed = valid(parsePlaybook({ file: "play.yaml", text: `- hosts: all\n${head}\n` }));
  const compiled = compilePlay(parsed.plays[0]!, new Map());
  return compiled.kind === "ok" ? [] : compiled.problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
};

describe("the words of before and after", () => {
  it("are templates, each of its own: a value is never split, quoted or read by a shell", () => {
    const vars = { pool: "a b; $(reboot) 'x'", port: 8080 };
    expect(wordsOf(`[drain, "{{vars.pool}}", "-p{{vars.port}}", "{{host.name}}/{{play.name}}"]`, vars)).toEqual({
      kind: "ok",
      value: ["drain", "a b; $(reboot) 'x'", "-p8080", "web1/all"],
    });
    expect(wordsOf(`'drain {{#each host.groups}}{{this}},{{/each}} -v'`)).toEqual({
      kind: "ok",
      value: ["drain", "web,eu,", "-v"],
    });
  });

  it.each([
    [{}, "web1"],
    [{ ansible_host: "192.0.2.7" }, "192.0.2.7"],
    [{ ansible_host: "{{ prefix }}.8", prefix: "192.0.2" }, "192.0.2.8"],
    [{ ansible_host: "a", ansible_ssh_host: "b" }, "b"],
  ])("know the host's address, with %j", (vars, address) => {
    expect(wordsOf(`[drain, "{{host.address}}"]`, vars)).toEqual({ kind: "ok", value: ["drain", address] });
  });

  it("have their mistakes told when the play is compiled, at the hook", () => {
    expect(
      messages(
        [
          "  before:",
          '    - local: [drain, "{{facts.uid}}", "{{hots.name}}", "{{#if"]',
          "  after:",
          '    - remote: [drain, "{{host.nam}}", "{{host.groups}}", "{{> x}}"]',
        ].join("\n"),
      ),
    ).toEqual([
      '3:7 there is no facts (in the word "{{facts.uid}}")',
      '3:7 there is no hots; did you mean host? (in the word "{{hots.name}}")',
      '3:7 not a valid template: unexpected text after "{{#" (in the word "{{#if")',
      '5:7 host has no nam; did you mean name? (in the word "{{host.nam}}")',
      '5:7 host.groups is a list and has no text form: use each (in the word "{{host.groups}}")',
      '5:7 partials ({{> name}}) are not offered (in the word "{{> x}}")',
    ]);
  });

  const told = (head: string, ...hosts: readonly InventoryHost[]) =>
    checkVars(playOf(head), hosts).map(({ at, path, message }) => `${at.line} ${path} ${message}`.replace("  ", " "));

  it("are checked for every host before any is contacted, each mistake once", () => {
    const head = '  before: { name: drain, local: [drain, "{{vars.pool}}"] }';
    expect(told(head, host({}), host({}, "web2"), host({ pool: "a" }, "web3"))).toEqual([
      "2 drain: vars has no pool (on web[1-2])",
    ]);
    expect(told(head, host({ pool: "a\nb" }))).toEqual([
      "2 drain: vars.pool holds a line break or another control character (on web1)",
    ]);
    expect(told(head, host({ pool: null }))).toEqual([
      "2 drain: vars.pool is null: there is nothing to write (on web1)",
    ]);
    expect(told(head, host({ pool: "{{ nothing }}" }))[0]).toContain("vars.pool: ");
    expect(told('  after: { remote: ["{{vars.x}}"] }', host({ x: "" }))).toEqual([
      "2 {{vars.x}}: names no program: the first word is empty here (on web1)",
    ]);
  });

  it("never hold what comes out of a vault, nor does a message about it", () => {
    const vars = { token: new Vaulted("hunter2", undefined), ansible_host: new Vaulted("hunter3", undefined) };
    const [first, second] = [
      told('  before: { local: [drain, "{{vars.token}}"] }', host(vars)),
      told('  before: { local: [drain, "{{host.address}}"] }', host(vars)),
    ];
    for (const all of [first, second]) {
      expect(all).toHaveLength(1);
      expect(all[0]).toContain("reads a vault");
      expect(all.join()).not.toMatch(/hunter/);
    }
    expect(told("  before: { local: [drain, web1] }", host(vars))).toEqual([]);
  });
});

describe("gates and never_together", () => {
  const told = (head: string, ...hosts: readonly InventoryHost[]) =>
    checkVars(playOf(head), hosts).map(({ at, message }) => `${at.line}:${at.column} ${message}`);

  it("are compiled with what they may name, since among it", () => {
    const play = playOf("  gates: [{ that: [since.drops == 0, facts.conntrack.usage < vars.limit] }, { command: x }]");
    expect(play.gates.map(({ that }) => that.length)).toEqual([2, 0]);
  });

  it("name a variable that some host has; one that none has is told once", () => {
    const head = "  never_together: [rack, pair, rak]";
    const hosts = [host({ rack: 1 }), host({ pair: null }, "web2")];
    expect(told(head, ...hosts)).toEqual(["2:19 no host of this play has a variable rak; did you mean rack?"]);
    expect(told("  never_together: rack\n  vars: { rack: 1 }", ...hosts)).toEqual([]);
    expect(told(head, host({})), "a host alone is together with none").toEqual([]);
  });

  it("are told of a value that cannot be had", () => {
    const vars = { rack: "{{ nothing }}", limit: "{{ nothing }}" };
    const found = told("  never_together: rack\n  gates: { that: vars.limit > 1 }", host(vars), host(vars, "web2"));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^3:18 vars\.limit has no value: .* \(on web\[1-2\]\)$/);
    expect(found[1]).toMatch(/^2:19 vars\.rack has no value: /);
  });
});

describe("a play's confirmation and what its commands ask", () => {
  it("is the activation's, and 2 minutes where there is none", () => {
    const within = (tasks: string) => playOf(`  tasks: [${tasks}]`).confirmWithin;
    expect(within("{ absent: /etc/a }")).toBe(120_000);
    expect(within("{ activate: { with: live, confirm_within: 10s } }")).toBe(10_000);
    expect(within("{ activate: { with: live, confirm_within: off } }")).toBeUndefined();
  });

  it("asks each unless once, and never for long; a trial asks nothing", () => {
    const text =
      "- hosts: all\n  tasks: [{ command: { run: a, unless: x y, within: 2s } }, { command: { run: b, unless: [x, y], within: 5m } }, { command: { run: c, unless: [x y] } }]\n";
    expect(compiledPlays({ file: "play.yaml", text })[0]!.asks).toEqual([
      { argv: ["x", "y"], within: 10_000 },
      { argv: ["x y"], within: 10_000 },
    ]);
    const { plays } = valid(parsePlaybook({ file: "play.yaml", text }));
    expect(valid(compilePlay(plays[0]!, new Map(), 60)).asks).toEqual([]);
  });
});
