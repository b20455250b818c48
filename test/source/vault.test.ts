import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Opened, secret, Vaulted } from "../../src/model/host.ts";
import { vaultOf } from "../../src/source/vault.ts";
import { readYaml } from "../../src/source/yaml.ts";
import { type VaultPassword, vaultJudge } from "../support/vault-judge.ts";

type Case = {
  readonly name: string;
  readonly plain: string;
  readonly with: VaultPassword;
  readonly passwords: readonly VaultPassword[];
  readonly because?: string;
  readonly replace?: readonly [string, string];
  readonly upper?: boolean;
  readonly damage?: boolean;
  readonly head?: string;
  readonly flip?: boolean;
  readonly cut?: number;
};

const cases = parse(readFileSync(join(import.meta.dirname, "../cases/vault/cases.yaml"), "utf8")) as readonly Case[];

const changed = (text: string, { replace, upper, damage, head: other, flip, cut }: Case): string => {
  const [head = "", ...lines] = text.split("\n");
  if (replace !== undefined) return text.split(replace[0]).join(replace[1]);
  if (upper === true) return [head, ...lines.map((line) => line.toUpperCase())].join("\n");
  if (damage === true) return [head, ...lines.map((line) => line.replaceAll("3", "g"))].join("\n");
  if (other !== undefined) return [other, ...lines].join("\n");
  if (cut !== undefined) return [head, ...lines].slice(0, cut).join("\n");
  // The last pair is the code of a hex digit of the ciphertext, 30 to 39 or 61 to 66: it stays one.
  if (flip === true) return text.trimEnd().replace(/.$/, (digit) => (digit === "1" ? "2" : "1"));
  return text;
};

const open = (text: string, passwords: readonly VaultPassword[]): Opened =>
  vaultOf(passwords.map(({ id, password }) => ({ id, secret: secret(password) }))).decrypt(text);

let texts: readonly string[] = [];
let verdicts: readonly unknown[] = [];
beforeAll(async () => {
  const encrypted = (await vaultJudge(cases.map((one) => ({ plain: one.plain, with: one.with })))) as readonly string[];
  texts = cases.map((one, at) => changed(encrypted[at] ?? "", one));
  verdicts = await vaultJudge(cases.map((one, at) => ({ text: texts[at] ?? "", passwords: one.passwords })));
});

describe("what ansible-vault encrypted is opened where ansible-vault opens it", () => {
  it.each(cases.map((one, at) => [one.name, one, at] as const))("%s", (_, one, at) => {
    const opened = open(texts[at] ?? "", one.passwords);
    if (one.because === undefined) {
      expect(verdicts[at]).toEqual({ plain: one.plain });
      expect(opened).toEqual({ kind: "ok", plain: one.plain });
    } else {
      expect(verdicts[at]).toEqual({ refused: true });
      expect(opened.kind === "fault" ? opened.because : opened.kind).toContain(one.because);
    }
  });
});

it("never throws, whatever stands behind the head", () => {
  const hex = fc
    .array(fc.constantFrom(...Array.from("0123456789abcdef\n;g")), { maxLength: 300 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(fc.constantFrom(";1.1;AES256\n", ";1.2;AES256;x\n", ";9\n", ""), hex, (head, rest) => {
      expect(open(`$ANSIBLE_VAULT${head}${rest}`, [{ id: "x", password: "p" }]).kind).toBe("fault");
    }),
    { numRuns: 50 },
  );
});

describe("a value in a file", () => {
  const vault = vaultOf([{ id: "default", secret: secret("a") }]);
  const indented = () => (texts[0] ?? "").trimEnd().replaceAll("\n", "\n    ");
  const valueOf = (text: string, options = {}): Readonly<Record<string, unknown>> => {
    const read = readYaml({ file: "all.yml", text }, options);
    if (read.kind === "problems") throw new Error(read.problems[0].message);
    return read.value.value as Record<string, unknown>;
  };
  const asVaulted = (value: unknown): Vaulted => {
    if (!(value instanceof Vaulted)) throw new Error("not vaulted");
    return value;
  };

  it.each(["!vault", "!vault-encrypted"])("behind %s is opened when it is needed", (tag) => {
    const { pw } = valueOf(`pw: ${tag} |\n    ${indented()}\n`, { vault });
    expect(asVaulted(pw).reveal()).toBe("s3cret");
    expect(asVaulted(pw).encrypted?.trimEnd()).toBe(texts[0]?.trimEnd());
  });

  it("in ansible-inventory's JSON is opened too", () => {
    const { pw } = valueOf(JSON.stringify({ pw: { __ansible_vault: texts[0] } }), { vault });
    expect(asVaulted(pw).reveal()).toBe("s3cret");
  });

  it("that nobody can open stands in its file, and says where, and what to do, when it is needed", () => {
    const { other, pw } = valueOf(`other: 1\npw: !vault |\n    ${indented()}\n`);
    expect(other).toBe(1);
    expect(asVaulted(pw).open()).toEqual({
      kind: "fault",
      because: expect.stringMatching(/^all\.yml:2:\d+: .*--vault-password-file/) as string,
    });
  });

  it("shows nothing of itself", () => {
    const { pw } = valueOf(`pw: !vault |\n    ${indented()}\n`, { vault });
    expect(asVaulted(pw).reveal()).toBe("s3cret");
    for (const shown of [inspect(pw, { depth: 9, showHidden: true }), JSON.stringify({ pw }), String(pw)])
      expect(shown).not.toContain("s3cret");
  });

  it("before a map is a mistake", () => {
    expect(readYaml({ file: "f", text: "a: !vault { b: c }\n" })).toMatchObject({
      problems: [
        { at: { line: 1, column: 11 }, path: "a", message: expect.stringContaining("not before a map") as string },
      ],
    });
  });

  it("behind !unsafe is its text", () => {
    expect(valueOf("a: !unsafe 0644\nb: !unsafe '{{ x }}'\n")).toEqual({ a: "0644", b: "{{ x }}" });
  });
});

describe("a file that is encrypted as a whole", () => {
  const plain = "user: joe\npin: 4711\nnested: { list: [a, 1.5, yes, ~] }\n";
  let file: { readonly file: string; readonly text: string };
  beforeAll(async () => {
    const [text] = (await vaultJudge([{ plain, with: { id: "prod", password: "p" } }])) as readonly string[];
    file = { file: "group_vars/all/vault.yml", text: text ?? "" };
  });

  it("gives its texts and numbers as secrets, its names and flags as they are", () => {
    const read = readYaml(file, { vault: vaultOf([{ id: "prod", secret: secret("p") }]) });
    if (read.kind === "problems") throw new Error("not read");
    const { user, pin, nested } = read.value.value as { user: Vaulted; pin: Vaulted; nested: { list: unknown[] } };
    expect(user.reveal()).toBe("joe");
    expect(user.encrypted).toBeUndefined();
    expect(pin.open()).toEqual({ kind: "ok", plain: 4711 });
    expect(nested.list.map((one) => one instanceof Vaulted)).toEqual([true, true, false, false]);
    expect(JSON.stringify(read.value.value)).not.toMatch(/joe|4711|1\.5/);
  });

  it("is told by its name where no password is given, or none fits", () => {
    const told = (passwords: readonly VaultPassword[]) => {
      const read = readYaml(file, {
        vault: vaultOf(passwords.map(({ id, password }) => ({ id, secret: secret(password) }))),
      });
      return read.kind === "ok" ? [] : read.problems.map(({ at, message }) => `${at.file}: ${message}`);
    };
    expect(told([])).toEqual([expect.stringMatching(/^group_vars\/all\/vault\.yml: .*--vault-password-file FILE/)]);
    expect(told([{ id: "dev", password: "d" }])).toEqual([expect.stringContaining('(ids tried: "dev")')]);
  });
});
