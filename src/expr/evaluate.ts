import type { Compiled } from "./compile.ts";
import { celContext, type ExpressionContext, MissingFact } from "./environment.ts";

/**
 * What an expression says about one host. `unknown` never counts as true, nor does its negation: a fact or variable that
 * it needs has no value here, or it cannot be worked out (a division by zero, a result that is not true or false).
 */
export type Verdict =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "unknown"; readonly because: string };

/** Pure. `a || b` is true where b is, though a is unknown; `a && b` is false where b is. */
export const evaluate = ({ run }: Compiled, context: ExpressionContext): Verdict => {
  try {
    const result: unknown = run(celContext(context));
    if (result === true) return { kind: "true" };
    if (result === false) return { kind: "false" };
    return { kind: "unknown", because: `the result is ${describe(result)}, not true or false` };
  } catch (error) {
    return { kind: "unknown", because: because(error) };
  }
};

const because = (error: unknown): string => {
  if (error instanceof MissingFact) return error.message;
  if (!(error instanceof Error) || !("summary" in error) || typeof error.summary !== "string") throw error;
  return missingVariable(error) ?? error.summary;
};

/** `vars.limit is not set`, from the library's "no such key" and the place that it points at. */
const missingVariable = (error: Error): string | undefined => {
  if (!("code" in error) || error.code !== "no_such_key" || !("node" in error)) return undefined;
  const node = error.node as { op?: string; input?: string; args?: readonly [{ range?: { start: number } }, unknown] };
  const [left, name] = node.args ?? [];
  if (node.op !== "." || typeof name !== "string" || left?.range === undefined || node.input === undefined)
    return undefined;
  const path = node.input.slice(left.range.start, node.input.indexOf(name, left.range.start) + name.length);
  return `${path} is not set`;
};

const describe = (result: unknown): string => {
  if (result === null) return "null";
  if (typeof result === "bigint" || typeof result === "number") return "a number";
  if (typeof result === "string") return "text";
  return Array.isArray(result) ? "a list" : "a map";
};
