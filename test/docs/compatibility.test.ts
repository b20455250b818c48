import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectHosts } from "../../src/inventory/connect-hosts.ts";
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
  ["ctfleet_transport", "openssh"],
  ["ansible_timeout", "30"],
  ["ansible_ssh_timeout", "30"],
  ["ansible_ssh_executable", "ssh"],
  ["ansible_ssh_args", "-C"],
  ["ansible_ssh_common_args", "-o ProxyJump=gw"],
  ["ansible_ssh_extra_args", "-q"],
  ["ansible_become_method", "sudo"],
  ["ansible_connection", "ssh"],
  ["ansible_host_key_checking", "true"],
  ["ansible_ssh_host_key_checking", "true"],
  ["ctfleet_root", "/srv/image"],
]);

const messages = (variable: string): readonly string[] => {
  const text = `all: { hosts: { web1: { ${variable}: ${values.get(variable) ?? "word"} } } }`;
  const parsed = parseInventory([{ kind: "file", file: "inventory.yaml", text }]);
  const connected = parsed.kind === "ok" ? connectHosts(parsed.value, parsed.value.hosts) : parsed;
  return connected.kind === "ok" ? [] : connected.problems.map(({ message }) => message);
};

describe("docs/compatibility.md", () => {
  it.each(variablesUnder("Connection variables that are honoured"))("%s is honoured", (variable) => {
    expect(messages(variable)).toEqual([]);
  });

  it.each(variablesUnder("Connection variables that are refused"))("%s is refused", (variable) => {
    expect(messages(variable)).toEqual([expect.stringContaining("not honoured")]);
  });
});
