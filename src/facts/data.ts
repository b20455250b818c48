import type { Facts } from "../model/facts.ts";
import type { Reading } from "../model/reading.ts";

/** What JSON can hold. */
export type Data = string | number | boolean | null | readonly Data[] | { readonly [name: string]: Data };

/**
 * Facts for `--output json`: names in snake_case, a value where one was read, null for what is absent or could not be
 * read; `unreadable` says which and why, by the path of names.
 */
export const factsToData = (facts: Facts): { readonly [name: string]: Data } => {
  const unreadable: { path: string; because: string }[] = [];
  const visit = (value: unknown, path: readonly string[]): Data => {
    if (isReading(value)) {
      if (value.kind === "unreadable") unreadable.push({ path: path.join("."), because: value.because });
      return value.kind === "read" ? visit(value.value, path) : null;
    }
    if (value instanceof Map) return named([...(value as Map<string, unknown>)], path, visit);
    if (Array.isArray(value)) return value.map((one: unknown, at) => visit(one, [...path, String(at)]));
    if (typeof value !== "object" || value === null) return plain(value);
    return named(
      Object.entries(value).map(([name, one]: [string, unknown]) => [snakeCase(name), one]),
      path,
      visit,
    );
  };
  const { files, ...rest } = facts;
  const data = visit(rest, []) as { readonly [name: string]: Data };
  // A managed file has states of its own, which only look like readings.
  return {
    ...data,
    files: Object.fromEntries([...files].map(([path, state]) => [path, plainObject(state)])),
    unreadable,
  };
};

const named = (
  entries: readonly (readonly [string, unknown])[],
  path: readonly string[],
  visit: (value: unknown, path: readonly string[]) => Data,
): Data => Object.fromEntries(entries.map(([name, value]) => [name, visit(value, [...path, name])]));

const plainObject = (value: object): Data =>
  Object.fromEntries(Object.entries(value).map(([name, one]: [string, unknown]) => [snakeCase(name), plain(one)]));

const plain = (value: unknown): Data =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;

const isReading = (value: unknown): value is Reading<unknown> =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  ["read", "absent", "unreadable"].includes(String(value.kind));

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
