import { describe, expect, it } from "vitest";
import { type Vars, Vaulted } from "../../src/model/host.ts";
import type { Problem } from "../../src/model/problem.ts";
import { checkVars } from "../../src/plan/check-vars.ts";
import { compilePlay } from "../../src/plan/compile.ts";
import { planHost } from "../../src/plan/plan-host.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { withVars } from "../../src/playbook/play-vars.ts";
import { shownTexts } from "../../src/report/shown.ts";
import { factsOf } from "../support/facts.ts";
import { aHost, valid } from "../support/play.ts";

type Given = { readonly template?: string; readonly task?: string; readonly vars?: Vars; readonly extra?: Vars };

const compiled = ({
  template = "{{vars.x}}\n",
  task = "template: { src: t.hbs, dest: /etc/x }",
  extra = {},
}: Given) => {
  const text = `- hosts: all\n  tasks:\n    - ${task}\n`;
  const [play] = valid(parsePlaybook({ file: "play.yml", text })).plays;
  if (play === undefined) throw new Error("no play");
  const sources = new Map([["t.hbs", { file: "t.hbs", text: template }]]);
  return valid(compilePlay(withVars(play, { files: [], extra }), sources));
};
const told = ({ at, message }: Problem): string => `${at.file}:${at.line}:${at.column} ${message}`;
const problems = (given: Given): readonly string[] =>
  checkVars(compiled(given), [{ ...aHost, vars: given.vars ?? {} }]).map(told);
const written = (given: Given): string | undefined => {
  const play = compiled(given);
  const plan = planHost(play, { ...aHost, vars: given.vars ?? {} }, factsOf({}, play.files));
  if (plan.kind !== "planned") throw new Error(JSON.stringify(plan));
  return plan.actions.flatMap((action) => (action.kind === "write" ? [action.text] : []))[0];
};

const sealed = new Vaulted(() => ({ kind: "fault", because: "all.yml:3:9: no password was given" }), "$ANSIBLE_VAULT");
const opened = new Vaulted("hunter2", "$ANSIBLE_VAULT");

describe("Jinja in a variable that a play reads", () => {
  it.each<[string, Vars, string]>([
    ["a reference", { x: "{{ y }}", y: "v" }, "v\n"],
    ["text around a reference", { x: "a-{{ y.z }}-b", y: { z: 1 } }, "a-1-b\n"],
    ["the host's own name", { x: "{{ inventory_hostname }}" }, "web1\n"],
    ["a reference to a vaulted value", { x: "{{ vault_x }}", vault_x: opened }, "hunter2\n"],
    ["a vaulted value within text", { x: "pw={{ vault_x }}", vault_x: opened }, "pw=hunter2\n"],
    ["a template in a file that was encrypted as a whole", { x: new Vaulted("{{ y }}!", undefined), y: "v" }, "v!\n"],
    ["a template behind !vault, which Ansible leaves as it is", { x: new Vaulted("{{ y }}", "$A") }, "{{ y }}\n"],
  ])("is evaluated: %s", (_, vars, text) => expect(written({ vars })).toBe(text));

  it("may stand in -e and refer to the inventory", () => {
    expect(written({ vars: { y: "v", x: "below" }, extra: { x: "{{ y }}" } })).toBe("v\n");
  });

  it("is a problem with the place in the template and the name of the variable, where it cannot be evaluated", () => {
    expect(problems({ vars: { x: "{{ lookup('env', 'HOME') }}" }, template: "a\n b {{vars.x}}" })).toEqual([
      expect.stringMatching(/^t\.hbs:2:6 vars\.x has no value: .*lookup.* \(on web1\)$/),
    ]);
  });

  it("is a problem with the place in the playbook for an expression", () => {
    const task = "{ absent: /etc/x, when: 'facts.init == \"systemd\" && vars.x == 1' }";
    expect(problems({ vars: { x: "{{ y | int }}" }, task })).toEqual([
      expect.stringMatching(/^play\.yml:3:\d+ vars\.x has no value: /),
    ]);
  });

  it.each([
    ["nobody reads it", "{{vars.y}}"],
    ["a name like it is read", "{{#each vars.list}}{{x}}{{/each}}{{vars.y}}"],
  ])("is no problem where %s", (_, template) => {
    expect(problems({ vars: { x: "{{ z() }}", y: 1, list: [{ x: 1 }] }, template })).toEqual([]);
  });

  it("is a problem where a loop reads all variables", () => {
    expect(problems({ vars: { x: "{{ z() }}", y: 1 }, template: "{{#each vars}}{{@key}}{{/each}}" })).toHaveLength(1);
  });

  it("is no problem for a task whose condition is false whatever the facts are", () => {
    const task = "{ template: { src: t.hbs, dest: /etc/x }, when: 'vars.role == \"gw\" && facts.conntrack.loaded' }";
    expect(problems({ vars: { x: "{{ z() }}", role: "web" }, task })).toEqual([]);
    expect(problems({ vars: { x: "{{ z() }}", role: "gw" }, task })).toHaveLength(1);
  });
});

describe("a vaulted variable", () => {
  it("that does not open is a problem where it is read, with its own place", () => {
    expect(problems({ vars: { x: sealed } })).toEqual([
      "t.hbs:1:3 vars.x has no value: all.yml:3:9: no password was given (on web1)",
    ]);
    expect(
      problems({ vars: { x: { deep: [sealed] } }, template: "{{#each vars.x.deep}}{{this}}{{/each}}" }),
    ).toHaveLength(1);
    expect(problems({ vars: { x: "{{ v }}", v: sealed } })).toHaveLength(1);
    expect(problems({ vars: { x: "a {{ v }}", v: sealed } })).toHaveLength(1);
  });

  it("that does not open is no problem where nobody reads it, and is not opened", () => {
    const unread = new Vaulted(() => {
      throw new Error("opened");
    }, "$A");
    expect(problems({ vars: { x: 1, v: unread } })).toEqual([]);
    expect(written({ vars: { x: 1, v: unread } })).toBe("1\n");
    expect(problems({ vars: { x: 1, v: unread }, task: "verify: [vars.x == 1]" })).toEqual([]);
  });

  it("decides conditions by what it holds", () => {
    const task = "{ template: { src: t.hbs, dest: /etc/x }, when: \"vars.x == 'hunter2' && vars.n > 5\" }";
    expect(written({ vars: { x: opened, n: new Vaulted(6, undefined) }, task })).toBe("hunter2\n");
    expect(written({ vars: { x: opened, n: new Vaulted(5, undefined) }, task })).toBeUndefined();
  });

  it("is not shown by a finding, a failure or a check that does not hold", () => {
    const play = compiled({ task: 'verify: ["vars.m[vars.x] == 1"]' });
    const plan = planHost(play, { ...aHost, vars: { x: opened, m: { a: 1 } } }, factsOf({}, play.files));
    const shown = JSON.stringify(plan);
    expect(shown).toContain("********");
    expect(shown).not.toContain("hunter2");
  });
});

it("counts expressions that read variables in each form", () => {
  const vars = { x: "{{ z() }}" };
  for (const that of [
    "vars.x == 1",
    "vars['x'] == 1",
    "'x' in vars",
    "has(vars.x)",
    "vars[host.name] == 1",
    "vars.exists(k, k == 'q')",
  ])
    expect(problems({ vars, task: `verify: ["${that}"]` })).toHaveLength(1);
  for (const that of ["vars.y == 1", "'y' in vars", "host.name == 'x'"])
    expect(problems({ vars, task: `verify: ["${that}"]` })).toEqual([]);
});

describe("what came out of a vault and the play no longer reads", () => {
  const shown = (vars: Vars): string | undefined => {
    const play = compiled({ template: "env=prod\n" });
    const story = { files: { "/etc/x": "env=prod pw=hunter2 n=123\n" } };
    const plan = planHost(play, { ...aHost, vars }, factsOf(story, play.files));
    if (plan.kind !== "planned") throw new Error(JSON.stringify(plan));
    const [action] = plan.actions;
    return action?.kind === "write" ? shownTexts(action).before : undefined;
  };

  it("is hidden in the file as it was", () => {
    expect(shown({ pw: opened })).toBe("env=prod pw=******** n=123\n");
    expect(shown({ deep: [{ pw: opened }], other: sealed })).toBe("env=prod pw=******** n=123\n");
  });
  it("is not looked for where it is too short to be told from other words", () => {
    expect(shown({ n: new Vaulted(123, undefined) })).toBe("env=prod pw=hunter2 n=123\n");
  });
});
