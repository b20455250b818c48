import { Vaulted } from "../model/host.ts";

/** What may stand at a place in the context of an expression or a template: enough to check a name before any host is asked. */
export type Shape =
  | { readonly kind: "text" | "int" | "double" | "bool" | "any" }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape }
  | { readonly kind: "record"; readonly fields: { readonly [name: string]: Shape } };

export const text: Shape = { kind: "text" };
export const int: Shape = { kind: "int" };
export const double: Shape = { kind: "double" };
export const bool: Shape = { kind: "bool" };
export const anything: Shape = { kind: "any" };
export const listOf = (of: Shape): Shape => ({ kind: "list", of });
export const mapOf = (of: Shape): Shape => ({ kind: "map", of });
export const record = (fields: { readonly [name: string]: Shape }): Shape => ({ kind: "record", fields });

/** The shape of one known value: used for variables, whose names no schema knows. */
export const shapeOf = (value: unknown): Shape => {
  if (typeof value === "string") return text;
  if (typeof value === "boolean") return bool;
  if (typeof value === "number") return Number.isInteger(value) ? int : double;
  if (Array.isArray(value)) return listOf(commonShape(value.map(shapeOf)));
  if (typeof value !== "object" || value === null) return anything;
  // Not opened for its shape: a value that nobody uses needs no password.
  if (value instanceof Vaulted) return text;
  const fields = Object.create(null) as { [name: string]: Shape };
  for (const [name, inner] of Object.entries(value)) fields[name] = shapeOf(inner);
  return record(fields);
};

/** What can be said of each of several values: their shape where all are plain and alike, else nothing. */
export const commonShape = (shapes: readonly Shape[]): Shape => {
  const [first = anything, ...rest] = shapes;
  const plain = first.kind !== "list" && first.kind !== "map" && first.kind !== "record";
  return plain && rest.every(({ kind }) => kind === first.kind) ? first : anything;
};
