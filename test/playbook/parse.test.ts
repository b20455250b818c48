import { describe, expect, it } from "vitest";
import type { Gate, Play, SizeRule, Task } from "../../src/model/play.ts";
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
      becomeMethod: undefined,
      serial: [],
      maxFailPercentage: 0,
      maxFail: undefined,
      anyErrorsFatal: false,
      order: "inventory",
      neverTogether: [],
      neverTogetherAt: { file: "play.yaml", line: 1, column: 3 },
      pause: 0,
      windows: [],
      gates: [],
      before: [],
      after: [],
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

describe("a rolling play", () => {
  it.each([
    ["inventory", "inventory"],
    ["reverse_inventory", "reverse_inventory"],
    ["reverse", "reverse_inventory"],
    ["sorted", "sorted"],
    ["reverse_sorted", "reverse_sorted"],
    ["shuffle", "shuffle"],
    ["shuffled", "shuffle"],
  ])("takes order: %s", (written, order) => {
    expect(playOf(`- { hosts: all, order: ${written} }\n`).order).toBe(order);
  });

  it.each([
    ["0", { kind: "count", hosts: 0 }],
    ["3", { kind: "count", hosts: 3 }],
    ["2.5%", { kind: "percent", percent: 2.5 }],
    ["100%", { kind: "percent", percent: 100 }],
  ])("lets max_fail: %s of the run fail", (written, maxFail) => {
    expect(playOf(`- { hosts: all, max_fail: ${written} }\n`).maxFail).toEqual(maxFail);
  });

  const windowOf = (written: string) => {
    const [first] = playOf(`- { hosts: all, window: { ${written} } }\n`).windows;
    return { ...first, days: [...(first?.days ?? [])].join(" ") };
  };
  it.each([
    ["days: mon-fri", "mon tue wed thu fri"],
    ["days: fri-mon", "fri sat sun mon"],
    ["days: sun-sun", "sun"],
    ["days: tue-mon", "tue wed thu fri sat sun mon"],
    ["days: [mon, wed-thu, mon]", "mon wed thu"],
    ['from: "08:00", to: "09:00"', "mon tue wed thu fri sat sun"],
  ])("counts the days of { %s }", (written, days) => {
    expect(windowOf(`${written}, zone: UTC`).days).toBe(days);
  });

  it.each([
    ['from: "22:00", to: "04:00"', 1320, 240],
    ['from: "00:00", to: "24:00"', 0, 1440],
    ['from: "08:00", to: "08:00"', 480, 480],
    ["days: mon", 0, 1440],
  ])("has its times in minutes: { %s }", (written, from, to) => {
    expect(windowOf(`${written}, zone: Europe/Berlin`)).toMatchObject({ from, to, zone: "Europe/Berlin" });
  });

  it("has gates with their defaults, each named for what it asks", () => {
    const { gates } = playOf(
      [
        "- hosts: all",
        "  gates:",
        "    - that: [since.drops == 0, facts.uid == 0]",
        "    - { http: http://lb/up, within: 0s }",
        "    - { http: { url: http://lb/up, status: [200, 204] }, every: 5s }",
        "    - { command: check 'a b', name: mine }",
        "    - { prometheus: { url: http://prom, query: up == 0, expect: absent }, within: 1h }",
        "",
      ].join("\n"),
    );
    expect(gates.map(plain)).toEqual([
      {
        name: "since.drops == 0 and facts.uid == 0",
        ...usual,
        kind: "facts",
        that: ["since.drops == 0", "facts.uid == 0"],
      },
      { name: "http://lb/up", ...usual, within: 0, kind: "http", url: "http://lb/up", status: [200] },
      { name: "http://lb/up", ...usual, every: 5000, kind: "http", url: "http://lb/up", status: [200, 204] },
      { name: "mine", ...usual, kind: "command", argv: ["check", "a b"] },
      {
        name: "up == 0",
        ...usual,
        within: 3_600_000,
        kind: "prometheus",
        url: "http://prom",
        query: "up == 0",
        expect: "absent",
      },
    ]);
  });
  const usual = { within: 300_000, every: 15_000 };
  const plain = ({ at, ...gate }: Gate) => {
    expect(at.line).toBeGreaterThan(2);
    return gate.kind === "facts" ? { ...gate, that: gate.that.map(({ text }) => text) } : gate;
  };

  it("has hooks with words as they are written, whatever YAML would make of them", () => {
    const { before, after } = playOf(
      `- hosts: all\n  before: { local: [drain, "{{host.name}}", 022, off, ""] }\n  after: [{ name: back, remote: undrain a, within: 5m }]\n`,
    );
    expect(before).toMatchObject([
      {
        name: "drain {{host.name}} 022 off ",
        where: "local",
        argv: ["drain", "{{host.name}}", "022", "off", ""],
        within: 60_000,
      },
    ]);
    expect(after).toMatchObject([{ name: "back", where: "remote", argv: ["undrain", "a"], within: 300_000 }]);
  });

  it("runs a command where it stands among the tasks", () => {
    const phases = (...tasks: readonly string[]) =>
      playOf(`- hosts: all\n  tasks: [${tasks.join(", ")}]\n`).tasks.flatMap((task) =>
        task.kind === "command" ? [task.phase] : [],
      );
    const command = "{ command: { run: a, unless: b } }";
    const [file, other] = ["{ absent: /etc/a }", "{ settings: { path: /etc/b, absent: x } }"];
    const activate = "{ activate: live }";
    expect(phases(command, file, command, other, command, activate, command)).toEqual([
      ...["before_files", "after_files", "after_files", "after_activation"],
    ]);
    expect(phases(command, activate)).toEqual(["after_files"]);
    expect(phases(file, command)).toEqual(["after_files"]);
    expect(phases(activate, command, file)).toEqual(["after_activation"]);
  });

  it.each([
    ["{ activate: live }", 120_000],
    ["{ activate: { with: reboot, confirm_within: 5s } }", 5000],
    ["{ activate: { with: live, confirm_within: off } }", undefined],
  ])("waits for the confirmation of %s", (task, confirmWithin) => {
    expect(taskOf(task)).toMatchObject({ confirmWithin });
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
  for (const word of [
    "max_fail_percentage",
    "conntrack",
    "additionalProperties",
    "buckets_ratio",
    "never_together",
    "confirm_within",
    "prometheus",
  ])
    expect(schema).toContain(word);
});
