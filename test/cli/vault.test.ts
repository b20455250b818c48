import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type VaultOptions, vaultSecrets } from "../../src/cli/vault.ts";
import { type Secret, secret } from "../../src/model/host.ts";
import { vaultOf } from "../../src/source/vault.ts";
import { type Judgement, judge } from "../support/ansible.ts";
import { vaultJudge } from "../support/vault-judge.ts";

const folder = mkdtempSync(join(tmpdir(), "ctfleet-vault-"));
const path = (name: string) => join(folder, name);

const files = {
  plain: "right\n",
  blanks: "  right \n\n",
  windows: "right\r\n",
  wrong: "other\n",
  empty: "\n",
};
const programs = {
  "script.sh": "#!/bin/sh\necho right\n",
  "words.sh": '#!/bin/sh\n[ $# -eq 0 ] && echo right || echo "$*"\n',
  "pass-client.sh": '#!/bin/sh\n[ "$*" = "--vault-id prod" ] && echo right || exit 2\n',
  "fails.sh": "#!/bin/sh\necho right; exit 3\n",
  "silent.sh": "#!/bin/sh\n:\n",
  "no-program": "right\n",
};

type Case = {
  readonly name: string;
  readonly options: VaultOptions;
  /** Absent: the inventory, encrypted for id prod with the password "right", is opened. */
  readonly because?: string;
};
const one = (file: string): VaultOptions => ({ vaultPasswordFile: [path(file)] });
const id = (...words: readonly string[]): VaultOptions => ({
  vaultId: words.map((word) => word.replace("/", `${folder}/`)),
});

const cases: readonly Case[] = [
  { name: "a file", options: one("plain") },
  { name: "blanks and line ends around it", options: one("blanks") },
  { name: "line ends of Windows", options: one("windows") },
  { name: "a program", options: one("script.sh") },
  { name: "a program under an id gets no words", options: id("prod@/words.sh") },
  { name: "a client program gets the id", options: id("prod@/pass-client.sh") },
  { name: "an id and its file", options: id("prod@/plain") },
  { name: "a file without an id", options: id("/plain") },
  { name: "another id with the password that fits", options: id("dev@/plain") },
  { name: "several ids", options: id("dev@/wrong", "prod@/plain") },
  { name: "an id and a file", options: { ...id("dev@/wrong"), ...one("plain") } },
  { name: "an encrypted file after the one that opens it", options: id("outer@/wrong", "prod@/encrypted") },
  { name: "the wrong password", options: one("wrong"), because: "no given password fits" },
  { name: "no password", options: {}, because: "--vault-password-file FILE" },
  { name: "an empty file", options: one("empty"), because: "gives an empty password" },
  { name: "no such file", options: one("gone"), because: "does not exist" },
  { name: "a program that fails", options: one("fails.sh"), because: "ended with exit status 3" },
  { name: "a program that prints nothing", options: one("silent.sh"), because: "gives an empty password" },
  {
    name: "a client program that has no such id",
    options: id("dev@/pass-client.sh"),
    because: "no password for vault id dev",
  },
  {
    name: "a file that is executable and no program",
    options: one("no-program"),
    because: "take its executable bit away",
  },
];

const words = ({ vaultId = [], vaultPasswordFile = [] }: VaultOptions): readonly string[] => [
  ...vaultId.flatMap((word) => ["--vault-id", word]),
  ...vaultPasswordFile.flatMap((file) => ["--vault-password-file", file]),
];

let verdicts: readonly Judgement[] = [];
beforeAll(async () => {
  const [inventory, encrypted] = await vaultJudge([
    { plain: "all: { hosts: { web1: { pw: s3cret } } }\n", with: { id: "prod", password: "right" } },
    { plain: "right\n", with: { id: "default", password: "other" } },
  ]);
  for (const [name, text] of Object.entries({ ...files, ...programs, encrypted, "hosts.yml": inventory }))
    writeFileSync(path(name), String(text));
  for (const name of Object.keys(programs)) chmodSync(path(name), 0o700);
  verdicts = await judge(
    cases.map(({ options }) => ({
      program: "ansible-inventory",
      args: ["--list", "-i", path("hosts.yml"), ...words(options)],
      cwd: folder,
    })),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const nobody = undefined;
const opened = async (options: VaultOptions): Promise<string> => {
  const secrets = await vaultSecrets(options, nobody);
  if (secrets.kind === "problems") return secrets.problems.map((found) => found.message).join("\n");
  const text = vaultOf(secrets.value).decrypt(readFileSync(path("hosts.yml"), "utf8"));
  return text.kind === "ok" ? "opened" : text.because;
};

describe("the options for vault passwords mean what they mean to Ansible", () => {
  it.each(cases.map((given, at) => [given.name, given, at] as const))("%s", async (_, { options, because }, at) => {
    expect(await opened(options)).toContain(because ?? "opened");
    expect(verdicts[at]?.stdout.includes("s3cret")).toBe(because === undefined);
  });
});

describe("a password that a person types", () => {
  const asking = (answers: readonly string[]) => {
    const asked: string[] = [];
    const ask = (question: string): Promise<Secret> => {
      asked.push(question);
      return Promise.resolve(secret(answers[asked.length - 1] ?? ""));
    };
    return { ask, asked };
  };

  it("is asked for by the id that it is for, in Ansible's words", async () => {
    const { ask, asked } = asking(["a", " b "]);
    const secrets = await vaultSecrets({ vaultId: ["prod@prompt"], askVaultPass: true }, ask);
    expect(asked).toEqual(["Vault password (prod): ", "Vault password: "]);
    expect(secrets.kind === "ok" && secrets.value.map((found) => [found.id, found.secret.reveal()])).toEqual([
      ["prod", "a"],
      ["default", "b"],
    ]);
  });

  it("may not be empty", async () => {
    expect(await vaultSecrets({ askVaultPass: true }, asking([""]).ask)).toMatchObject({
      problems: [{ at: { file: "--ask-vault-pass" }, message: "the password is empty" }],
    });
  });

  it("needs a terminal", async () => {
    expect(await vaultSecrets({ vaultId: ["prod@prompt"] }, nobody)).toMatchObject({
      problems: [{ at: { file: "--vault-id" }, message: expect.stringContaining("no terminal") as string }],
    });
  });
});

it("a program that prints without end is cut off", async () => {
  writeFileSync(path("flood.sh"), "#!/bin/sh\nexec yes\n");
  chmodSync(path("flood.sh"), 0o700);
  expect(await opened(one("flood.sh"))).toContain("printed more than 65536 bytes");
});
