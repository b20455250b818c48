import { expect, it } from "vitest";
import { limitedTo, selectHosts } from "../../src/inventory/select.ts";
import { graphLines, listInventory } from "../../src/inventory/show.ts";
import { parsed } from "./support.ts";

const inventory = parsed(
  "top:\n  children:\n    low:\n      hosts: { a: { x: 1, ansible_password: hunter2 }, b: }\n  hosts: { c: }\nall:\n  hosts: { d: }\n",
);

it("lists as ansible-inventory --list does, with passwords hidden", () => {
  expect(JSON.parse(JSON.stringify(listInventory(inventory)))).toEqual({
    _meta: { hostvars: { a: { x: 1, ansible_password: "********" } } },
    all: { children: ["ungrouped", "top"] },
    ungrouped: { hosts: ["d"] },
    top: { children: ["low"], hosts: ["c"] },
    low: { hosts: ["a", "b"] },
  });
});

it("hides what stands behind !vault and is not encrypted", () => {
  const vaulted = parsed("all:\n  hosts:\n    a: { ansible_password: !vault hunter2 }\n");
  expect(listInventory(vaulted)).toMatchObject({ _meta: { hostvars: { a: { ansible_password: "********" } } } });
});

it("lists a part of the inventory without a word of the other hosts", () => {
  const selected = selectHosts(inventory, "low:!b");
  if (selected.kind === "fault") throw new Error(selected.because);
  expect(JSON.parse(JSON.stringify(listInventory(limitedTo(inventory, selected.hosts))))).toEqual({
    _meta: { hostvars: { a: { x: 1, ansible_password: "********" } } },
    all: { children: ["ungrouped", "top"] },
    top: { children: ["low"] },
    low: { hosts: ["a"] },
  });
});

it("draws the graph as ansible-inventory --graph does", () => {
  expect(graphLines(inventory)).toEqual([
    "@all:",
    "  |--@ungrouped:",
    "  |  |--d",
    "  |--@top:",
    "  |  |--@low:",
    "  |  |  |--a",
    "  |  |  |--b",
    "  |  |--c",
  ]);
});
