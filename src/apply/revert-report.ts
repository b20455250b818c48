import type { Reverted } from "../model/own-facts.ts";
import { cap } from "./hear-step.ts";

/** Lines of a host's report that are kept: a change has a handful. */
const mostLines = 200;

/** What was put back and what was left, from the host's lines `back WHAT` and `left WHAT: WHY`. */
export const reportLines = (text: string): { readonly back: readonly string[]; readonly left: readonly string[] } => {
  const lines = cappedLines(text);
  const those = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length));
  return { back: those("back "), left: those("left ") };
};

/** The host's words: data, with an end. */
export const cappedLines = (text: string): readonly string[] =>
  text
    .split("\n", mostLines)
    .filter((line) => line !== "")
    .map(cap);

export const tellLeft = (left: readonly string[]): readonly string[] =>
  left.length === 0 ? [] : [`left: ${left.join(", ")}`];

export const isBecause = (word: string): word is Reverted["because"] =>
  word === "timeout" || word === "boot" || word === "asked";
