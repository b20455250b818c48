import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseExtraVars } from "../../src/cli/extra-vars.ts";
import { parseKeyValues } from "../../src/cli/key-values.ts";

/** `differs`: what ctfleet says where it refuses; `same`: Ansible refuses it too. */
type Case = { readonly words: readonly string[]; readonly differs?: string; readonly same?: boolean };

const cases = parse(
  readFileSync(join(import.meta.dirname, "../cases/extra-vars/cases.yaml"), "utf8"),
) as readonly Case[];
const folder = mkdtempSync(join(tmpdir(), "ctfleet-extra-"));
const before = process.cwd();
let verdicts: readonly unknown[] = [];

beforeAll(async () => {
  writeFileSync(join(folder, "vars.yml"), "a: file\nb: { c: no }\nd: 0x1f\n");
  writeFileSync(join(folder, "vars.json"), '{"a": "file", "n": 1.50, "yes": [null, "no"]}');
  writeFileSync(join(folder, "list.yml"), "- a\n");
  process.chdir(folder);
  verdicts = await new Promise((resolve, reject) => {
    const judge = join(import.meta.dirname, "extra-vars-judge.py");
    const child = execFile("/usr/bin/python3", [judge], { cwd: folder }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as unknown[]);
      else reject(new Error("the judge failed", { cause: error }));
    });
    child.stdin?.end(JSON.stringify(cases.map(({ words }) => words)));
  });
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe("-e is read as Ansible reads it", () => {
  it.each(cases.map((one, at) => [JSON.stringify(one.words), one, at] as const))("%s", async (_, one, at) => {
    const read = await parseExtraVars(one.words);
    if (one.differs === undefined) {
      expect(read.kind === "ok" ? { ...read.value } : read.problems).toEqual(verdicts[at]);
    } else {
      expect(read.kind === "ok" ? [] : read.problems.map(({ message }) => message).join()).toContain(one.differs);
      expect(verdicts[at] === null).toBe(one.same === true);
    }
  });
});

it("takes back every value that stands in quotes", () => {
  const plain = fc.string({ unit: fc.constantFrom("a", "=", " ", "'", "  ", "é", "\n") });
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      expect(parseKeyValues(`a="${a}" b="${b}"`)).toEqual({
        kind: "ok",
        pairs: [
          ["a", a],
          ["b", b],
        ],
      });
    }),
  );
});

it("does not repeat a word that it cannot read: it may hold a password", async () => {
  expect(JSON.stringify(await parseExtraVars(["password='hunter2"]))).not.toContain("hunter2");
});
