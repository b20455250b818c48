import { factTable } from "../../expr/fact-table.ts";
import type { Shape } from "../../expr/shape.ts";
import { factMeanings } from "./fact-meanings.ts";
import { code, page, table } from "./markdown.ts";

/** docs/reference/facts.md: every fact that expressions and templates can name. Throws where one has no meaning yet. */
export const factsPage = (): string =>
  page("Facts", [
    "What the probe reads on a host, by the name that `when`, `verify` and templates use. `ctfleet facts` prints them. Sizes are bytes, ages and uptimes are seconds.",
    "A fact may have no value: *absent* means that the host does not have it, *unreadable* that this user could not see it. The two are never zero or false: a condition that needs such a fact is unknown, and a template that writes one fails for that host.",
    table(
      ["fact", "type", "meaning"],
      [...factTable].map(([path, { shape }]) => [code(`facts.${path}`), typeOf(shape), meaningOf(path)]),
    ),
    "In `when` and `verify` whole numbers and numbers may be compared with each other, but do not mix in a sum or a product: write `2.0` for 2 beside a number.",
  ]);

const meaningOf = (path: string): string => {
  const meaning = factMeanings.get(path);
  if (meaning === undefined) throw new Error(`say in fact-meanings.ts what ${path} is`);
  return meaning;
};

const typeOf = (shape: Shape): string => {
  switch (shape.kind) {
    case "int":
      return "whole number";
    case "double":
      return "number";
    case "bool":
      return "true or false";
    case "list":
      return `list of ${manyOf(shape.of)}`;
    case "map":
      return `map of names to ${manyOf(shape.of)}`;
    case "record":
      return `map with ${Object.entries(shape.fields)
        .map(([name, of]) => `${code(name)} (${typeOf(of)})`)
        .join(", ")}`;
    default:
      return shape.kind;
  }
};

const manyOf = (shape: Shape): string => {
  switch (shape.kind) {
    case "text":
      return "texts";
    case "int":
      return "whole numbers";
    case "record":
      return typeOf(shape).replace(/^map/, "maps");
    default:
      return typeOf(shape);
  }
};
