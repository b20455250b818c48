import { type Compiled, compileExpression } from "../expr/compile.ts";
import type { Expression } from "../model/play.ts";
import type { Checked } from "../model/problem.ts";
import { pathText } from "../source/tree.ts";
import { below, type Spot } from "./spot.ts";

type Written = string | boolean | readonly string[] | undefined;

/** Expressions with their places; those that do not compile are reported. */
export const expressions = (
  spot: Spot,
  written: Written,
  compile: (expression: Expression) => Checked<Compiled> = compileExpression,
): readonly Expression[] =>
  [written ?? []].flat().map((value: string | boolean, index) => {
    const place = Array.isArray(written) ? below(spot, index) : spot;
    const text = String(value);
    const { at, exact } = textStart(place, text);
    const compiled = compile({ text, at });
    if (compiled.kind === "problems")
      for (const problem of compiled.problems)
        spot.problems.push({ ...problem, at: exact ? problem.at : at, path: pathText(place.path) });
    return { text, at };
  });

/** Where a scalar's own text begins, behind its quote if it has one; exact where it stands there letter by letter. */
const textStart = ({ document, text: source, path }: Spot, text: string) => {
  const at = document.at(path);
  const line = (source.split("\n")[at.line - 1] ?? "").slice(at.column - 1);
  const quote = /^["']/.test(line) ? 1 : 0;
  return { at: { ...at, column: at.column + quote }, exact: line.startsWith(text, quote) };
};
