import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addVarsText } from "../../src/inventory/add-vars.ts";
import { draftInventory, finishInventory, parseInventory } from "../../src/inventory/parse.ts";
import type { Problem } from "../../src/model/problem.ts";
import { cases, connected, connections, parsed } from "./support.ts";

const shown = ({ at, path, message }: Problem): string => `${at.line}:${at.column} ${path}: ${message}`;

describe("refused with its place and the reason", () => {
  it.each(cases("refused") as { claim: string; text: string; problems: string[] }[])("$claim", ({ text, problems }) => {
    const inventory = parseInventory([{ kind: "file", file: "inventory.yaml", text }]);
    const result = inventory.kind === "ok" ? connected(inventory.value) : inventory;
    expect(result.kind === "problems" ? result.problems.map(shown) : result.value).toEqual(problems);
  });
});

describe("taken plainly", () => {
  it.each(cases("accepted") as { claim: string; text: string; hosts: object }[])("$claim", ({ text, hosts }) => {
    const found = Object.entries(connections(text)).map(([name, { address, port }]) => [
      name,
      [address, port ?? []].flat().join(" "),
    ]);
    expect(found).toEqual(Object.entries(hosts));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("merges variables as Ansible does", () => {
  type Case = { claim: string; sources: string[]; host: string; vars: object; groups: string[] };
  it.each(cases("merging") as Case[])("$claim", ({ sources, host, vars, groups }) => {
    const found = parsed(...sources).hosts.find(({ name }) => name === host);
    expect({ vars: { ...found?.vars }, groups: found?.groups }).toEqual({ vars, groups });
  });
});

it("gives hosts in the order of Ansible's `all`: breadth first", () => {
  const names = parsed(
    "a:\n  children:\n    deep: { hosts: { d1: } }\nb:\n  hosts: { b1: }\nall:\n  hosts: { loose: }\n",
  ).hosts;
  expect(names.map(({ name }) => name)).toEqual(["loose", "b1", "d1"]);
});

it("names the file that each problem is in", () => {
  const sources = ["one.yaml", "two.yaml"].map((file) => ({
    kind: "file" as const,
    file,
    text: "all:\n  hosts:\n    -x:\n",
  }));
  const result = parseInventory(sources);
  expect(result.kind === "problems" && result.problems.map(({ at }) => at.file)).toEqual(["one.yaml", "two.yaml"]);
});

it("warns of a host and a group of one name, and goes on", () => {
  const draft = draftInventory([{ kind: "file", file: "f", text: "web:\n  hosts:\n    web:\n" }]);
  expect(finishInventory(draft).kind).toBe("ok");
  expect(draft.warnings.map(shown)).toEqual([
    '3:5 web.hosts.web: "web" is a host and a group; a pattern means the host, or after ! and & the group',
  ]);
});

it("says where a file of variables is wrong, and passes over one of nobody", () => {
  const draft = draftInventory([{ kind: "file", file: "f", text: "web:\n  hosts: { a: }\n" }]);
  const of = (name: string, text: string) =>
    ({ layer: "inventory_files", of: { kind: "group", name }, file: `group_vars/${name}`, text }) as const;
  addVarsText(draft, of("web", "- 1\n"));
  addVarsText(draft, of("gone", "- 1\n"));
  expect(draft.problems.map(shown)).toEqual(["1:1 : a map of variables by their names is expected here"]);
});

it("parses the inventory that is shipped as an example", () => {
  const hosts = connections(readFileSync("inventory.example.yaml", "utf8"));
  expect(Object.keys(hosts)).toHaveLength(12);
  expect(hosts["edge-w2.example.net"]).toMatchObject({
    user: "ops",
    become: true,
    privateKeyFile: "~/.ssh/fleet-west",
  });
});

it("never throws, whatever the text", () => {
  const piece = fc.constantFrom(
    "all:",
    "hosts:",
    "vars:",
    "children:",
    "\n",
    "  ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: ",
    "? ",
    ": ",
    "!x ",
    "|",
    "'",
    '"',
    "a",
    "1",
    "#",
    ",",
    "%",
    "---\n",
    "\t",
    "~",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, (one) => {
      const result = parseInventory([{ kind: "file", file: "f", text: one }]);
      if (result.kind === "problems")
        for (const { at } of result.problems) expect(Math.min(at.line, at.column)).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
