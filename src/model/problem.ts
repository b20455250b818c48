import type { NonEmpty } from "./brand.ts";

/** A place in a file that a person wrote; line and column count from 1. Line 0: the file as a whole, or an option. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** One mistake in an input: where it is, the path of keys that leads there, and what was found and expected. */
export type Problem = { readonly at: Position; readonly path: string; readonly message: string };

/** What a parser gives: a value, or every problem that it found, never the first alone. */
export type Checked<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "problems"; readonly problems: NonEmpty<Problem> };
