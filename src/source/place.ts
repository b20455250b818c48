import type { Position } from "../model/problem.ts";

/** Turns an offset in a text into its line and column; the index of lines is built when the first place is asked for. */
export const places = (source: { readonly file: string; readonly text: string }): ((offset: number) => Position) => {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(source.text);
    const line = lastAtOrBefore(starts, offset);
    return { file: source.file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
};

const lineStarts = (text: string): readonly number[] => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
};

/** Index of the last number that is not greater than `wanted`; 0 if there is none. */
const lastAtOrBefore = (sorted: readonly number[], wanted: number): number => {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
};
