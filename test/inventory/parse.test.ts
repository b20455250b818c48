import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInventory } from "../../src/inventory/parse.ts";
import type { Problem } from "../../src/model/problem.ts";
import { cases, parsed } from "./support.ts";

const shown = ({ at, path, message }: Problem): string => `${at.line}:${at.column} ${path}: ${message}`;

describe("refused with its place and the reason", () => {
  it.each(cases("refused") as { claim: string; text: string; problems: string[] }[])("$claim", ({ text, problems }) => {
    const result = parseInventory([{ file: "inventory.yaml", text }]);
    expect(result.kind === "problems" ? result.problems.map(shown) : result.value.hosts).toEqual(problems);
  });
});

describe("taken plainly", () => {
  it.each(cases("accepted") as { claim: string; text: string; hosts: object }[])("$claim", ({ text, hosts }) => {
    const found = parsed(text).hosts.map(({ name, connection }) => [name, `${connection.address} ${connection.port}`]);
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

it("makes a connection of the connection variables", () => {
  const [host] = parsed(
    "all:\n  vars: { ansible_user: ops, ansible_become: 'yes', ansible_become_user: app }\n  hosts:\n" +
      "    a: { ansible_ssh_private_key_file: ~/.ssh/k, ansible_ssh_pass: hunter2, ansible_host: 10.0.0.1, ctfleet_root: /srv/a }\n",
  ).hosts;
  expect(host?.connection).toMatchObject({
    address: "10.0.0.1",
    user: "ops",
    privateKeyFile: "~/.ssh/k",
    become: true,
    becomeUser: "app",
    root: "/srv/a",
  });
  expect(host?.connection.password?.reveal()).toBe("hunter2");
  expect(JSON.stringify(host)).not.toContain("hunter2");
});

it("gives hosts in the order of Ansible's `all`: breadth first", () => {
  const names = parsed(
    "a:\n  children:\n    deep: { hosts: { d1: } }\nb:\n  hosts: { b1: }\nall:\n  hosts: { loose: }\n",
  ).hosts;
  expect(names.map(({ name }) => name)).toEqual(["loose", "b1", "d1"]);
});

it("names the file that each problem is in", () => {
  const sources = ["one.yaml", "two.yaml"].map((file) => ({ file, text: "all:\n  hosts:\n    -x:\n" }));
  const result = parseInventory(sources);
  expect(result.kind === "problems" && result.problems.map(({ at }) => at.file)).toEqual(["one.yaml", "two.yaml"]);
});

it("parses the inventory that is shipped as an example", () => {
  const inventory = parsed(readFileSync("inventory.example.yaml", "utf8"));
  expect(inventory.hosts).toHaveLength(12);
  expect(inventory.hosts.find(({ name }) => name === "edge-w2.example.net")?.connection).toMatchObject({
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
      const result = parseInventory([{ file: "f", text: one }]);
      if (result.kind === "problems")
        for (const { at } of result.problems) expect(Math.min(at.line, at.column)).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
