import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseExtraVars } from "../../src/cli/extra-vars.ts";
import { type Vars, Vaulted } from "../../src/model/host.ts";
import type { VarsFile } from "../../src/model/play.ts";
import { parsePlaybook } from "../../src/playbook/parse.ts";
import { withVars } from "../../src/playbook/play-vars.ts";
import { readVarsFiles } from "../../src/source/vars-files.ts";
import { vaultOf } from "../../src/source/vault.ts";
import { valid } from "../support/play.ts";
import { vaultJudge } from "../support/vault-judge.ts";

const folder = mkdtempSync(join(tmpdir(), "ctfleet-vars-"));
const playbook = join(folder, "play.yml");
const play = `- hosts: localhost
  gather_facts: no
  vars: { a: play, b: play, c: play, d: play, e: play, f: play }
  vars_files:
    - beside.yml
    - both.yml
    - [nowhere.yml, second.yml, third.yml]
    - vars/named.yml
    - empty.yml
    - ${folder}/absolute.yml
`;
const files = {
  "beside.yml": "b: beside\nc: beside\nf: beside\n",
  "both.yml": "c: not this one\n",
  "vars/both.yml": "c: in vars\n",
  "second.yml": "d: second\n",
  "third.yml": "d: third\n",
  "vars/named.yml": "e: named\n",
  "empty.yml": "# nothing\n",
  "absolute.yml": "- { g: one }\n- { h: two }\n",
};
const none = vaultOf([]);

beforeAll(() => {
  mkdirSync(join(folder, "vars"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const varsOf = async (text: string, extra: Vars): Promise<Vars> => {
  const [first] = valid(parsePlaybook({ file: playbook, text }, none)).plays;
  if (first === undefined) throw new Error("no play");
  const { vars } = valid(await readVarsFiles(playbook, first.varsFiles, none));
  return withVars(first, { files: vars, extra }).vars;
};

/** What ansible-playbook itself has for these variables. */
const ansibleVars = async (text: string, names: readonly string[], extra: string): Promise<unknown> => {
  const list = names.map((name) => `${name}: "{{ ${name} }}"`).join(", ");
  writeFileSync(playbook, `${text}  tasks:\n    - debug: { msg: { ${list} } }\n`);
  const env = { ...process.env, ANSIBLE_NOCOLOR: "1", ANSIBLE_LOCAL_TEMP: join(folder, "tmp") };
  const words = ["-i", "localhost,", "-c", "local", "-e", extra, playbook];
  const { stdout } = await promisify(execFile)("/usr/bin/ansible-playbook", words, { env });
  const printed = /ok: \[localhost\] => (\{[^]*?\n\})/.exec(stdout)?.[1] ?? "{}";
  return (JSON.parse(printed) as { readonly msg?: unknown }).msg;
};

describe("vars_files", () => {
  it("are found, merged and ranked as ansible-playbook does it", async () => {
    const own = play.replace("  gather_facts: no\n", "");
    const mine = await varsOf(own, valid(await parseExtraVars(["f=extra"])));
    expect({ ...mine }).toEqual(await ansibleVars(play, ["a", "b", "c", "d", "e", "f", "g", "h"], "f=extra"));
    expect(mine).toMatchObject({ a: "play", b: "beside", c: "in vars", d: "second", e: "named", f: "extra", g: "one" });
  });

  const named = (...names: [string, ...string[]]): VarsFile => ({
    names,
    at: { file: "play.yml", line: 3, column: 9 },
  });
  const told = async (...given: readonly VarsFile[]): Promise<readonly string[]> => {
    const read = await readVarsFiles(playbook, given, none);
    return read.kind === "ok"
      ? []
      : read.problems.map(({ at, message }) => `${at.file}:${at.line}:${at.column} ${message}`);
  };

  it("that are not there are told at their place in the playbook, every one", async () => {
    expect(await told(named("gone.yml"), named("beside.yml"), named("x.yml", "y.yml"))).toEqual([
      `play.yml:3:9 there is no file gone.yml in ${folder} or its vars folder`,
      `play.yml:3:9 there is no file x.yml or y.yml in ${folder} or its vars folder`,
    ]);
  });

  it("that hold no variables are told by their own name", async () => {
    writeFileSync(join(folder, "list.yml"), "- a\n- b\n");
    expect(await told(named("list.yml"))).toEqual([expect.stringMatching(/list\.yml:1:3 expected variables/)]);
  });

  it("that are encrypted give secrets, and need a password", async () => {
    const [text] = await vaultJudge([{ plain: "pw: hunter2\n", with: { id: "default", password: "a" } }]);
    writeFileSync(join(folder, "secret.yml"), String(text));
    expect(await told(named("secret.yml"))).toEqual([expect.stringMatching(/secret\.yml:0:0 .*--vault-password-file/)]);
    const vault = vaultOf([{ id: "default", secret: { reveal: () => "a" } }]);
    const [vars] = valid(await readVarsFiles(playbook, [named("secret.yml")], vault)).vars;
    expect(vars?.pw).toBeInstanceOf(Vaulted);
  });
});
