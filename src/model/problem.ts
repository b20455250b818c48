import { isNonEmpty, type NonEmpty } from "./brand.ts";

/** A place in a file that a person wrote; line and column count from 1. Line 0: the file as a whole, or an option. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** One mistake in an input: where it is, the path of keys that leads there, and what was found and expected. */
export type Problem = { readonly at: Position; readonly path: string; readonly message: string };

/** What a parser gives: a value, or every problem that it found, never the first alone. */
export type Checked<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "problems"; readonly problems: NonEmpty<Problem> };

/** The value, unless problems were found on the way to it. */
export const checked = <T>(value: T, problems: readonly Problem[]): Checked<T> =>
  isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value };

/** All values, or the problems of all. */
export const allOf = <T>(list: readonly Checked<T>[]): Checked<readonly T[]> =>
  checked(
    list.flatMap((one) => (one.kind === "ok" ? [one.value] : [])),
    list.flatMap((one) => (one.kind === "problems" ? [...one.problems] : [])),
  );

/** Both values, or the problems of both. */
export const bothOf = <A, B>(one: Checked<A>, other: Checked<B>): Checked<readonly [A, B]> => {
  if (one.kind === "ok") return other.kind === "ok" ? { kind: "ok", value: [one.value, other.value] } : other;
  return other.kind === "ok" ? one : { kind: "problems", problems: [...one.problems, ...other.problems] };
};

/** A mistake that stands in no line: of a file as a whole, or of an option. */
export const problemOf = (file: string, message: string): Problem => ({
  at: { file, line: 0, column: 0 },
  path: "",
  message,
});
