import { didYouMean } from "../expr/nearest.ts";
import type { Shape } from "../expr/shape.ts";
import type { Use } from "../expr/uses.ts";
import { type Expression, type PathExpression, type Program, placeOf } from "./ast.ts";

/** Where a part of a template stands: its file, and the shapes that its names are looked up in. */
export type Scope = {
  readonly file: string;
  /** What `this` is, outermost first; `each` adds one. */
  readonly scopes: readonly Shape[];
  /** Where it is given, every place that reads a variable is put here. */
  readonly uses?: Use[];
};

export type Report = (node: Expression | Program["body"][number], message: string) => void;

const loopData = new Set(["key", "index", "first", "last"]);

/** The shape that a path leads to, or nothing after a report. */
export const resolve = (path: PathExpression, scope: Scope, report: Report): Shape | undefined => {
  const { scopes, file, uses } = scope;
  let parts = path.parts;
  let shape: Shape | undefined = scopes[scopes.length - 1 - path.depth];
  if (path.data) {
    const [name = "", ...rest] = parts;
    if (name !== "root" && loopData.has(name) && scopes.length > 1) return { kind: "any" };
    if (name !== "root") {
      report(path, `there is no @${name} here; there are @root and, inside each, @key, @index, @first, @last`);
      return undefined;
    }
    [parts, shape] = [rest, scopes[0]];
  }
  if (shape === undefined) {
    report(path, `${path.original} leads out of the template`);
    return undefined;
  }
  if (shape === scopes[0] && (parts[0] ?? "vars") === "vars") uses?.push({ name: parts[1], at: placeOf(file, path) });
  return parts.reduce<Shape | undefined>((from, name, at) => step(from, name, { path, at, report }), shape);
};

type Step = { readonly path: PathExpression; readonly at: number; readonly report: Report };

const step = (from: Shape | undefined, name: string, { path, at, report }: Step): Shape | undefined => {
  if (from === undefined || from.kind === "any") return from;
  if (from.kind === "map") return from.of;
  if (from.kind === "list" && /^\d+$/.test(name)) return from.of;
  if (from.kind === "record" && Object.hasOwn(from.fields, name)) return from.fields[name];
  const before = path.parts.slice(0, at).join(".");
  const known = from.kind === "record" ? Object.keys(from.fields) : [];
  report(path, `${before === "" ? "there is no" : `${before} has no`} ${name}${didYouMean(name, known)}`);
  return undefined;
};
