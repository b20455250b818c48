import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ctfleet } from "../support/ctfleet.ts";
import { onTerminal } from "../support/terminal.ts";

let folder: string;
let inventory: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ctfleet-offline-"));
  inventory = write(
    "inventory.yaml",
    "all: { children: { web: { hosts: { a: { x: 1 }, b: } }, db: { hosts: { c: } } } }\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const lint = (playbook: string) => ctfleet(["lint", write("play.yaml", playbook), "-i", inventory]);

describe("the hosts of a play", () => {
  it("are a problem with its place where the pattern is faulty", async () => {
    const { exit, stdout, stderr } = await lint("- hosts: all\n- name: B\n  hosts: ~[a\n");
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toContain(`play.yaml:3:10 [1].hosts: "~[a" is not a pattern: a [ is not closed\n`);
  });

  it("are told once per play where a part of them is not in the inventory", async () => {
    const { exit, stderr } = await lint('- hosts: [web, nosuch, "!gone"]\n- hosts: web\n');
    expect(exit).toBe(0);
    expect(stderr).toBe(`${folder}/play.yaml:1:10 [0].hosts: nothing in the inventory matches nosuch, !gone\n`);
  });
});

it("plays of one host that become differently stop the run before any connection", async () => {
  const playbook = write("play.yaml", "- { name: A, hosts: a, become: true }\n- { name: B, hosts: web }\n");
  const { exit, stdout, stderr } = await ctfleet(["audit", playbook, "-i", inventory, "-u", "nobody"]);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
  expect(stderr).toContain('a: "A" runs as root by sudo and "B" runs as the login user');
  expect(stderr).toContain("1 problem; no host was contacted");
});

it("a play anywhere finds the shipped templates", async () => {
  const { exit, stderr } = await lint(
    "- hosts: all\n  tasks:\n    - conntrack: { size: { rule: memory } }\n" +
      "    - template: { src: sysctl.conf.hbs, dest: /etc/sysctl.d/90-nf_conntrack.conf }\n",
  );
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
});

describe("inventory", () => {
  const show = (...words: readonly string[]) => ctfleet(["inventory", ...words, "-i", inventory]);

  it("list has only the hosts of the limit, in both formats", async () => {
    expect((await show("list", "-l", "web:!b")).stdout).toBe("a\n");
    expect(JSON.parse((await show("list", "-l", "web:!b", "--output", "json")).stdout)).toEqual({
      _meta: { hostvars: { a: { x: 1 } }, schema: 1 },
      all: { children: ["ungrouped", "web", "db"] },
      web: { hosts: ["a"] },
    });
  });

  it("graph of a group that is not there is exit 1", async () => {
    const { exit, stdout, stderr } = await show("graph", "nosuch");
    expect({ exit, stdout, stderr }).toEqual({
      exit: 1,
      stdout: "",
      stderr: "ctfleet: no group nosuch in the inventory\n",
    });
    expect((await show("graph", "web")).stdout).toBe("@web:\n  |--a\n  |--b\n");
  });

  it("takes no other format", async () => {
    const { exit, stderr } = await show("list", "--output", "xml");
    expect(exit).toBe(1);
    expect(stderr).toContain("text, json");
  });
});

describe("a defect", () => {
  // No input is known that meets one: it is put in from outside, where the command prints.
  const withDefect = (code: string, more: readonly string[] = []) =>
    ctfleet(["lint", write("play.yaml", "- hosts: all\n"), "-i", inventory, ...more], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.stdout.write = () => { ${code} }`)}`,
    });
  const defects = [
    ["in a command", 'throw new Error("boom")'],
    ["beside it", 'process.nextTick(() => { throw new Error("boom") })'],
    ["in a promise that nobody waits for", 'void Promise.reject(new Error("boom"))'],
  ] as const;

  it.each(defects)("%s is one line and exit 1", async (_, code) => {
    expect(await withDefect(code)).toEqual({ exit: 1, stdout: "", stderr: "ctfleet: a defect: boom\n" });
  });

  it("has its stack with -v", async () => {
    const { exit, stderr } = await withDefect(defects[0][1], ["-v"]);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^ctfleet: a defect: boom\nError: boom\n +at /);
  });
});

it("a report that does not fit on the disk is said, and is not exit 0", async () => {
  const words = ["lint", write("play.yaml", "- hosts: all\n"), "-i", inventory];
  const { exit, screen } = await onTerminal(words, { stdout: "/dev/full" }).ended;
  expect(exit).toBe(1);
  expect(screen).toMatch(/ctfleet: the output could not be written: ENOSPC\r\n$/);
});

describe("what stands elsewhere is said", () => {
  it("a playbook that is not there is not replaced by the shipped one of its name", async () => {
    const { exit, stdout, stderr } = await ctfleet(["lint", "nowhere/raise-ceiling.yaml"]);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(
      /does not exist; one of that name ships with ctfleet: \/.*\/playbooks\/raise-ceiling\.yaml\n/,
    );
  });

  it("a mistake in ssh_config is found by lint", async () => {
    const config = write("ssh_config", "Host *\n  Prot 22\n");
    const play = write("one.yaml", "- hosts: all\n");
    const { exit, stderr } = await ctfleet(["lint", play, "-i", inventory, "-F", config]);
    expect(exit).toBe(1);
    expect(stderr).toContain(`${config}:2:3`);
  });

  it("an option of Ansible's leads to ours", async () => {
    const { exit, stderr } = await ctfleet(["plan", "x.yaml", "--diff"]);
    expect(exit).toBe(1);
    expect(stderr).toContain("--diff: plan shows the changes as diffs");
  });
});

describe("apply, before any connection", () => {
  const play = () => write("play.yaml", "- { name: A, hosts: a }\n");

  it("refuses --step where there is nobody to ask", async () => {
    const { exit, stderr } = await ctfleet(["apply", play(), "-i", inventory, "--step", "--yes"]);
    expect([exit, stderr]).toEqual([1, "ctfleet: --step asks before each batch, and there is no terminal to ask on\n"]);
  });

  it.each([[[]], [["--plan", "x.plan", "--retry-failed", "last"]]])(
    "says what it takes instead of %j",
    async (words) => {
      const { exit, stderr } = await ctfleet(["apply", "-i", inventory, ...words]);
      expect([exit, stderr]).toEqual([1, "ctfleet: apply takes a PLAYBOOK, or --plan FILE, or --retry-failed RUN\n"]);
    },
  );

  it.each(["--step", "--seed"])("rollback, which walks the batches of its run, has no %s", async (option) => {
    const { exit, stderr } = await ctfleet(["rollback", "last", option, "1"]);
    expect([exit, stderr]).toEqual([1, expect.stringContaining(`unknown option '${option}'`) as string]);
  });
});
