import type { ASTNode, Environment, ParseResult } from "@marcbachmann/cel-js";
import type { Expression } from "../model/play.ts";
import type { Checked, Position, Problem } from "../model/problem.ts";
import { environment, gateEnvironment } from "./environment.ts";
import { factsShape } from "./facts-context.ts";
import { didYouMean } from "./nearest.ts";
import type { Shape } from "./shape.ts";

/** An expression that parses and whose names and types fit: ready for any host. */
export type Compiled = { readonly expression: Expression; readonly run: ParseResult };

const longest = 1000;

/**
 * Parses and types an expression before any host is asked. A problem stands at the expression's place, with the column
 * inside it added where the text is on one line.
 */
export const compileExpression = (expression: Expression): Checked<Compiled> => compileIn(environment, expression);

/** The same for a gate, which may ask what happened `since` a host was changed. */
export const compileGateExpression = (expression: Expression): Checked<Compiled> =>
  compileIn(gateEnvironment, expression);

const compileIn = (names: Environment, expression: Expression): Checked<Compiled> => {
  const { text } = expression;
  if (text.trim() === "") return problem(expression, 0, "the expression is empty");
  if (text.length > longest) return problem(expression, 0, `an expression has at most ${longest} characters`);
  let run: ParseResult;
  try {
    run = names.parse(text);
  } catch (error) {
    return problem(expression, ...explain(error, names));
  }
  const refused = findRefused(run.ast, { loops: 0 });
  if (refused !== undefined) return problem(expression, refused.start, refused.message);
  const check = run.check();
  if (!check.valid) return problem(expression, ...explain(check.error, names));
  if (check.type !== "bool" && check.type !== "dyn")
    return problem(expression, 0, `gives ${check.type ?? "no type"}, not true or false`);
  return { kind: "ok", value: { expression, run } };
};

type Refused = { readonly start: number; readonly message: string };

// Backtracking patterns, doubled strings and loops within loops could keep the controller busy for hours.
const refusedCalls: ReadonlyMap<string, string> = new Map([
  ["matches", "matches() is not offered: use contains, startsWith or endsWith"],
  ["bind", "cel.bind() is not offered"],
]);
const loops = new Set(["all", "exists", "exists_one", "map", "filter"]);
const mostLoops = 2;

const findRefused = (node: unknown, seen: { loops: number }): Refused | undefined => {
  if (Array.isArray(node)) return firstOf(node, (one) => findRefused(one, seen));
  if (!isNode(node)) return undefined;
  if (node.op === "rcall") {
    const [name] = node.args;
    const message = refusedCalls.get(name);
    if (message !== undefined) return { start: node.range.start, message };
    if (loops.has(name)) seen.loops += 1;
    if (seen.loops > mostLoops)
      return { start: node.range.start, message: `an expression loops over at most ${mostLoops} lists` };
  }
  return findRefused(node.args, seen);
};

const firstOf = <A, B>(list: readonly A[], find: (one: A) => B | undefined): B | undefined => {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
};

const isNode = (node: unknown): node is ASTNode => typeof node === "object" && node !== null && "op" in node;

type CelError = {
  readonly summary: string;
  readonly code: string;
  readonly range?: { start: number };
  readonly node?: ASTNode;
};

const isCelError = (error: unknown): error is CelError =>
  error instanceof Error && "summary" in error && typeof error.summary === "string";

/** Where in the text, and what, for a library error; anything else is a bug of ours and goes on. */
const explain = (error: unknown, names: Environment): [start: number, message: string] => {
  if (!isCelError(error)) throw error;
  const start = error.range?.start ?? 0;
  if (error.code === "unknown_variable") {
    const name = error.summary.replace(/^Unknown variable: /, "");
    const known = ["facts", "vars", "host", "play", ...(names.hasVariable("since") ? ["since"] : [])];
    return [start, `there is no ${name} here: ${listed(known)} are${didYouMean(name, known)}`];
  }
  const unknown = error.code === "no_such_key" ? unknownField(error.node) : undefined;
  return [start, unknown ?? error.summary.replace(/\bdouble ([*/+-]) int\b/, "double $1 int (write 2.0 for 2)")];
};

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;

/** `facts.conntrack has no mx; did you mean max?` */
const unknownField = (node: ASTNode | undefined): string | undefined => {
  if (node?.op !== ".") return undefined;
  const [left, name] = node.args;
  const path = node.input.slice(left.range.start, left.range.end);
  const known = fieldsAt(path.split("."));
  return `${path} has no ${name}${didYouMean(name, known)}`;
};

const fieldsAt = ([top, ...path]: readonly string[]): readonly string[] => {
  if (top === "since") return ["drops"];
  if (top !== "facts") return ["name", "groups"];
  let shape: Shape | undefined = factsShape;
  for (const name of path) shape = shape?.kind === "record" ? shape.fields[name] : undefined;
  return shape?.kind === "record" ? Object.keys(shape.fields) : [];
};

const problem = ({ text, at }: Expression, start: number, message: string): Checked<never> => {
  const place: Position = text.includes("\n") ? at : { ...at, column: at.column + start };
  const found: Problem = { at: place, path: "", message: `${message} (in: ${excerpt(text)})` };
  return { kind: "problems", problems: [found] };
};

const excerpt = (text: string): string => {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
};
