import { describe, expect, it } from "vitest";
import type { Play, SizeRule, Task } from "../../src/model/play.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { playbookJsonSchema } from "../../src/playbook/written.ts";

const playOf = (text: string): Play => {
  const parsed = parsePlaybook({ file: "play.yaml", text });
  if (parsed.kind === "problems") throw new Error(parsed.problems.map((one) => one.message).join("\n"));
  return parsed.value.plays[0]!;
};
const taskOf = (task: string): Task => playOf(`- hosts: all\n  tasks: [${task}]\n`).tasks[0]!;
const sizeOf = (size: string): SizeRule | undefined => {
  const task = taskOf(`{ conntrack: { size: { ${size} } } }`);
  return task.kind === "conntrack" ? task.size : undefined;
};

describe("a play is used with its defaults filled in", () => {
  it("has no batches, no budget, no variables and no tasks unless it says so", () => {
    expect(playOf("- hosts: all\n")).toEqual({
      name: "all",
      hosts: "all",
      hostsAt: { file: "play.yaml", line: 1, column: 10 },
      become: undefined,
      becomeUser: undefined,
      serial: [],
      maxFailPercentage: 0,
      vars: {},
      varsFiles: [],
      tasks: [],
    });
  });

  it("reads batches and budgets as Ansible writes them", () => {
    const play = playOf(
      `- { hosts: [a, "!b"], serial: [1, "10%", 50%], max_fail_percentage: 5, vars: { x: [1, { y: z }] } }\n`,
    );
    expect(play.hosts).toBe("a,!b");
    expect(play.serial).toEqual([
      { kind: "count", hosts: 1 },
      { kind: "percent", percent: 10 },
      { kind: "percent", percent: 50 },
    ]);
    expect(play.maxFailPercentage).toBe(5);
    expect(play.vars).toEqual({ x: [1, { y: "z" }] });
  });
});

describe("a size", () => {
  const common = { bucketsRatio: undefined, tolerance: 0.1, guard: 0.25 };
  it.each<[string, SizeRule]>([
    ["rule: memory", { ...common, rule: "memory", share: 0.05, floor: 65536, ceiling: 4194304 }],
    ["rule: classic", { ...common, rule: "classic", floor: 1, ceiling: 2147483647 }],
    ["rule: cores", { ...common, rule: "cores", perCore: 32768, minimum: 131072, floor: 1, ceiling: 2147483647 }],
    [
      "rule: fixed, max: 1966080, buckets: 245760",
      { ...common, tolerance: 0, rule: "fixed", max: 1966080, buckets: 245760, floor: 1, ceiling: 2147483647 },
    ],
    [
      "rule: memory, share: 2.5%, floor: 1000, ceiling: 2000, tolerance: 5%, guard: 10%, buckets_ratio: 8",
      { rule: "memory", share: 0.025, floor: 1000, ceiling: 2000, tolerance: 0.05, guard: 0.1, bucketsRatio: 8 },
    ],
  ])("{ %s }", (written, expected) => {
    expect(sizeOf(written)).toEqual(expected);
  });
});

describe("a task", () => {
  it("is named for what it does where it has no name", () => {
    expect(taskOf("{ template: { src: a.hbs, dest: /etc/a } }").name).toBe("template /etc/a");
    expect(taskOf("{ absent: /etc/a }").name).toBe("absent /etc/a");
    expect(taskOf("{ activate: live }").name).toBe("activate");
  });

  it("has its place, and each expression has its own, behind the quote", () => {
    const task = taskOf(`{ absent: /etc/a, when: ["facts.uid == 0", facts.conntrack.loaded] }`);
    expect(task.at).toEqual({ file: "play.yaml", line: 2, column: 11 });
    expect(task.when.map(({ text, at }) => [text, at.column])).toEqual([
      ["facts.uid == 0", 37],
      ["facts.conntrack.loaded", 54],
    ]);
  });

  it("takes when: false for an expression", () => {
    expect(taskOf("{ absent: /etc/a, when: no }").when[0]?.text).toBe("false");
  });

  it("reads modes as octal", () => {
    expect(taskOf(`{ template: { src: a.hbs, dest: /etc/a, mode: "0755" } }`)).toMatchObject({
      mode: 0o755,
      owner: undefined,
    });
  });

  it("takes settings as they are written, whatever YAML would make of them", () => {
    const task = taskOf(`{ settings: { path: /etc/x, set: { A: 0644, B: no, C: "", D: x }, absent: E } }`);
    expect(task).toMatchObject({ kind: "settings", absent: ["E"] });
    expect(task.kind === "settings" && [...task.set]).toEqual([
      ["A", "0644"],
      ["B", "no"],
      ["C", ""],
      ["D", "x"],
    ]);
  });

  it("takes the short and the long form of activate, verify and absent", () => {
    expect(taskOf("{ activate: { with: none } }")).toMatchObject({ kind: "activate", with: "none" });
    expect(taskOf("{ absent: { path: /etc/a } }")).toMatchObject({ kind: "absent", path: "/etc/a" });
    const short = taskOf("{ verify: facts.uid == 0 }");
    const long = taskOf("{ verify: { that: [facts.uid == 0] } }");
    for (const task of [short, long])
      expect(task.kind === "verify" && task.that.map(({ text }) => text)).toEqual(["facts.uid == 0"]);
  });
});

it("gives editors a JSON Schema of what it checks", () => {
  const schema = JSON.stringify(playbookJsonSchema());
  for (const word of ["max_fail_percentage", "conntrack", "additionalProperties", "buckets_ratio"])
    expect(schema).toContain(word);
});
