import type { ASTNode } from "@marcbachmann/cel-js";
import type { Position } from "../model/problem.ts";
import type { Compiled } from "./compile.ts";

/** A place that reads a variable; no name where it may read any of them (a loop over `vars`, a computed name). */
export type Use = { readonly name: string | undefined; readonly at: Position };

/** Every variable that an expression reads: `vars.x`, `vars["x"]`, `"x" in vars`. */
export const usesIn = ({ expression, run }: Compiled): readonly Use[] => {
  const place = (start: number): Position =>
    expression.text.includes("\n") ? expression.at : { ...expression.at, column: expression.at.column + start };
  return namesIn(run.ast).map(({ name, start }) => ({ name, at: place(start) }));
};

type Found = { readonly name: string | undefined; readonly start: number };

const namesIn = (node: unknown): readonly Found[] => {
  if (Array.isArray(node)) return node.flatMap(namesIn);
  if (!isNode(node)) return [];
  const { start } = node.range;
  if (isVars(node)) return [{ name: undefined, start }];
  const [left, right] = Array.isArray(node.args) ? (node.args as readonly unknown[]) : [];
  if (node.op === "." && isVars(left) && typeof right === "string") return [{ name: right, start }];
  if (node.op === "[]" && isVars(left)) return [{ name: literal(right), start }, ...namesIn(right)];
  if (node.op === "in" && isVars(right)) return [{ name: literal(left), start }, ...namesIn(left)];
  return namesIn(node.args);
};

const isNode = (node: unknown): node is ASTNode => typeof node === "object" && node !== null && "op" in node;

const isVars = (node: unknown): boolean => isNode(node) && node.op === "id" && node.args === "vars";

const literal = (node: unknown): string | undefined =>
  isNode(node) && node.op === "value" && typeof node.args === "string" ? node.args : undefined;
