import { describe, expect, it } from "vitest";
import { factTable } from "../../src/expr/fact-table.ts";
import { factsContext } from "../../src/expr/facts-context.ts";
import { someFacts } from "./some-facts.ts";

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const isReading = (value: object): boolean => "kind" in value && !("text" in value);

/** Facts that are one reading of several fields. */
const fields = new Map([
  ["lastChange", ["run", "age"]],
  ["trial", ["run", "remaining"]],
  ["lock", ["run", "owner", "remaining"]],
  ["pending", ["run", "remaining"]],
  ["reverted", ["run", "because", "left"]],
]);

/** Every path of the model's facts, but for files, ids and commands, which no expression sees. */
const modelPaths = (): string[] =>
  Object.entries(someFacts()).flatMap(([group, value]) => {
    if (group === "files" || group === "ids" || group === "commands") return [];
    const known = fields.get(group);
    if (known === undefined && isReading(value)) return [snake(group)];
    return (known ?? Object.keys(value)).map((field) => `${snake(group)}.${snake(field)}`);
  });

describe("facts have one name everywhere", () => {
  it("has a row for every fact of the model, and no other", () => {
    // What is predicted comes from all of them, and is none of them.
    const read = [...factTable.keys()].filter((name) => !/^next_(?:boot|restart)\./.test(name));
    expect(read.sort()).toEqual(modelPaths().sort());
  });

  it("keeps what was not read out of the values, with the reason", () => {
    const { find } = factsContext(someFacts());
    expect(find("conntrack.max")).toEqual({ kind: "value", value: 65536 });
    expect(find("conntrack.object_size")).toEqual({
      kind: "missing",
      because: "facts.conntrack.object_size could not be read: permission denied",
    });
    expect(find("memory.low")).toEqual({ kind: "missing", because: "this host has no facts.memory.low" });
    expect(find("conntrack.nothing")).toMatchObject({ kind: "missing" });
  });
});
