import { visible } from "../../source/visible.ts";
import { parseJump } from "./jump.ts";
import type { Line } from "./line.ts";
import { parsePort, parseSeconds } from "./numbers.ts";

/** What is wrong with a keyword's value, or undefined. Source: ssh_config(5) and what `ssh` refuses. */
export type Shape = (line: Line) => string | undefined;

const count =
  (least: number, most: number): Shape =>
  ({ written, words }) => {
    if (words.length < least || words.slice(0, least).includes("")) return `${written} needs a value`;
    const extra = words[most];
    return extra === undefined
      ? undefined
      : `"${visible(extra)}" is too much: ${written} ends before it; quote a value with blanks`;
  };

const one =
  (test: (word: string) => boolean, expected: string): Shape =>
  (line) => {
    const [word = ""] = line.words;
    return count(1, 1)(line) ?? (test(word) ? undefined : `${line.written} "${visible(word)}" is not ${expected}`);
  };

/** A single word. */
export const word = count(1, 1);
export const oneOrTwo = count(1, 2);
export const two = count(2, 2);
/** Anything, quotes aside. */
export const anything: Shape = () => undefined;
/** One of these words, in any case. */
export const choice = (...known: readonly string[]): Shape =>
  one((text) => known.includes(text.toLowerCase()), known.join(", ").replace(/, ([^,]*)$/, " or $1"));
export const flag = choice("yes", "no", "true", "false");
export const seconds = one(
  (text) => text === "none" || parseSeconds(text) !== undefined,
  "a time (30, 90s, 1m30s, 2h) or none",
);
export const number = one((text) => /^\s*\+?\d{1,10}$/.test(text) && Number(text) <= 0x7fffffff, "a whole number");
export const port = one((text) => parsePort(text) !== undefined, "a port (1-65535)");

/** Several words; `none` only alone. */
export const list: Shape = ({ written, words }) => {
  if (words.includes("")) return `${written} has an empty value`;
  return words.length > 1 && words.some((text) => text.toLowerCase() === "none")
    ? `${written}: "none" stands alone`
    : undefined;
};

export const jump: Shape = ({ written, rest }) =>
  parseJump(rest) === undefined
    ? `${written} "${visible(rest)}" is not a list of [user@]host[:port] with commas between, or none`
    : undefined;

/** Names of variables to send; `NAME=value` for those to set. */
export const names: Shape = ({ written, words }) =>
  words.some((text) => text === "" || text.includes("="))
    ? `${written} takes names of variables, without =`
    : undefined;
export const assignments: Shape = ({ written, words }) =>
  words.every((text) => text.includes("=")) ? undefined : `${written} takes NAME=value`;

/** AddKeysToAgent: a word, a time, or `confirm` and a time. */
export const keyLife: Shape = (line) => {
  const [first = "", life] = line.words;
  const isWord = ["yes", "no", "true", "false", "ask", "confirm"].includes(first.toLowerCase());
  const isTime = parseSeconds(life ?? first) !== undefined;
  const isKnown = life === undefined ? isWord || isTime : first.toLowerCase() === "confirm" && isTime;
  return oneOrTwo(line) ?? (isKnown ? undefined : `${line.written} is yes, no, ask, confirm or a time`);
};
