import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseInventory } from "../../src/inventory/parse.ts";

const guide = readFileSync("docs/compatibility.md", "utf8");

/** Names of variables in the section under a heading. */
const variablesUnder = (heading: string): readonly string[] => {
  const section = guide.split(/^##+ /m).find((text) => text.startsWith(heading)) ?? "";
  return [...section.matchAll(/`((?:ansible|ctfleet)_\w+)`/g)].map(([, name = ""]) => name);
};

const values = new Map([
  ["ansible_port", "22"],
  ["ansible_ssh_port", "22"],
  ["ansible_become", "true"],
  ["ctfleet_lab", "true"],
  ["ansible_become_method", "sudo"],
  ["ansible_connection", "ssh"],
  ["ansible_host_key_checking", "true"],
  ["ansible_ssh_host_key_checking", "true"],
  ["ctfleet_root", "/srv/image"],
]);

const messages = (variable: string): readonly string[] => {
  const text = `all: { hosts: { web1: { ${variable}: ${values.get(variable) ?? "word"} } } }`;
  const parsed = parseInventory([{ file: "inventory.yaml", text }]);
  return parsed.kind === "ok" ? [] : parsed.problems.map(({ message }) => message);
};

describe("docs/compatibility.md", () => {
  it.each(variablesUnder("Connection variables that are honoured"))("%s is honoured", (variable) => {
    expect(messages(variable)).toEqual([]);
  });

  it.each(variablesUnder("Connection variables that are refused"))("%s is refused", (variable) => {
    expect(messages(variable)).toEqual([expect.stringContaining("not honoured yet")]);
  });
});
