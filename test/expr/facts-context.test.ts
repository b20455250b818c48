import { describe, expect, it } from "vitest";
import { factTable } from "../../src/expr/fact-table.ts";
import { factsContext, factsTree } from "../../src/expr/facts-context.ts";
import { someFacts } from "./some-facts.ts";

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const isReading = (value: object): boolean => "kind" in value && !("text" in value);

/** Every path of the model's facts, but for files and ids, which no expression sees. */
const modelPaths = (): string[] =>
  Object.entries(someFacts()).flatMap(([group, value]) => {
    if (group === "files" || group === "ids") return [];
    if (group === "lastChange") return ["last_change.run", "last_change.age"];
    return isReading(value) ? [snake(group)] : Object.keys(value).map((field) => `${snake(group)}.${snake(field)}`);
  });

describe("facts have one name everywhere", () => {
  it("has a row for every fact of the model, and no other", () => {
    expect([...factTable.keys()].sort()).toEqual(modelPaths().sort());
  });

  it("keeps what was not read out of the values, with the reason", () => {
    const { values, missing } = factsContext(someFacts());
    expect(values.get("conntrack.max")).toBe(65536);
    expect(values.has("conntrack.object_size")).toBe(false);
    expect(missing.get("conntrack.object_size")).toBe(
      "facts.conntrack.object_size could not be read: permission denied",
    );
    expect(missing.get("memory.low")).toBe("this host has no facts.memory.low");
    expect(values.size + missing.size).toBe(factTable.size);
  });

  it("gives a tree of plain values", () => {
    expect(factsTree(factsContext(someFacts()))).toMatchObject({
      init: "systemd",
      conntrack: { max: 65536, usage: 0.5 },
    });
  });
});
