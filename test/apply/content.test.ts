import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/model/action.ts";
import { isNonEmpty } from "../../src/model/brand.ts";
import * as host from "./private-root.ts";
import { apply, kinds, privateRoot, remove, write } from "./private-root.ts";

const traps = [
  "'",
  '"',
  "$(id)",
  "`id`",
  "\\",
  "\\'",
  "\r\n",
  "\n",
  "\n\n",
  "EOF\n",
  "}",
  "#",
  "%s%n",
  "\x01",
  "\x7f",
  "\u0081",
  "é€😀",
  "\uFEFF",
];
const forged = [`@${host.nonce} step/1 4\ndone\n`, `@${host.nonce} end 0\n`];
const piece = fc.oneof(fc.constantFrom(...traps, ...forged), fc.string({ unit: "binary" }));
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("").replaceAll("\0", ""));

const oddNames = [
  "a b",
  "it's",
  '"q"',
  "-n",
  "*",
  "[ab]",
  "a",
  "b\\c",
  "$HOME",
  "`id`",
  "é€😀",
  "~",
  "#x",
  "a;b",
  "..a",
  "x".repeat(200),
];

describe.each(host.shells)("under $name", ({ command: shell }) => {
  it("writes any text to the byte", async () => {
    const { root, ...files } = privateRoot();
    let number = 0;
    const check = async (texts: readonly string[]): Promise<void> => {
      const actions = texts.map((one) => write(`/etc/file${String(number++)}`, one, { from: { kind: "absent" } }));
      if (!isNonEmpty(actions)) return;
      expect((await apply({ root, actions, shell })).result.kind).toBe("applied");
      expect(actions.map((action) => files.read("path" in action ? action.path : ""))).toEqual(texts);
    };
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 40 }), check), { numRuns: 5 });
  });

  it("writes 256 KiB of quotes, backslashes and odd letters", async () => {
    const large = "'\\é$`\"".repeat(40_000).slice(0, 224_000);
    expect(Buffer.byteLength(large)).toBeGreaterThan(256 * 1024 - 3000);
    const { root, ...files } = privateRoot();
    const { result } = await apply({
      root,
      shell,
      actions: [write("/etc/large", large, { from: { kind: "absent" } })],
    });
    expect(result.kind).toBe("applied");
    expect(files.read("/etc/large") === large).toBe(true);
  });

  it("handles any file name, and touches no other file", async () => {
    const { root, ...files } = privateRoot(
      Object.fromEntries(oddNames.map((name) => [`/etc/d/${name}`, `old ${name}`])),
    );
    files.put("/etc/d/.a.ctfleet-mine", "not ours");
    const from = oddNames.map((name) => files.basis(`/etc/d/${name}`));
    const actions = oddNames.map((name, at): Action => {
      const path = `/etc/d/${name}`;
      return at % 4 === 3 ? remove(path, from[at]!) : write(path, `new ${name}`, { from: from[at]! });
    });
    if (!isNonEmpty(actions)) throw new Error("no names");
    expect(new Set(kinds((await apply({ root, actions, shell })).result))).toEqual(new Set(["done"]));
    const left = oddNames.filter((_, at) => at % 4 !== 3);
    expect(files.list("/etc/d")).toEqual([...left, ".a.ctfleet-mine"].sort());
    for (const name of left) expect(files.read(`/etc/d/${name}`)).toBe(`new ${name}`);
    expect(new Set(kinds((await apply({ root, actions, shell })).result))).toEqual(new Set(["already"]));
  });
});
