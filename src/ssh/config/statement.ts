import { didYouMean } from "../../expr/nearest.ts";
import type { Position } from "../../model/problem.ts";
import { visible } from "../../source/visible.ts";
import { findKeyword, type Keyword, keywordNames } from "./keywords.ts";
import { cutLine, type Line } from "./line.ts";
import { type Criterion, parseMatch } from "./match.ts";
import { hostMatcher, type Matcher } from "./pattern.ts";

/** A keyword with its value, and where that stands. */
export type Setting = {
  readonly keyword: Keyword;
  /** As it is written there. */
  readonly written: string;
  /** The text behind the keyword, for lines to a shell. */
  readonly text: string;
  readonly words: readonly string[];
  readonly at: Position;
  /** From the file for all users: a distribution's default, often. */
  readonly system: boolean;
};

export type Statement =
  | { readonly kind: "set"; readonly setting: Setting }
  | { readonly kind: "host"; readonly matches: Matcher }
  | { readonly kind: "match"; readonly criteria: readonly Criterion[] }
  | { readonly kind: "include"; readonly patterns: readonly string[] }
  | { readonly kind: "unknown"; readonly keyword: string; readonly message: string }
  | { readonly kind: "nothing" }
  | { readonly kind: "fault"; readonly message: string };

export type Parsed = { readonly at: Position; readonly statement: Statement };

type Source = { readonly file: string; readonly line: number; readonly system: boolean };

/** What one line says. */
export const parseStatement = (text: string, { file, line: number, system }: Source): Parsed => {
  const line = cutLine(text);
  const at = (column: number): Position => ({ file, line: number, column });
  if (line === undefined) return { at: at(1), statement: { kind: "nothing" } };
  if ("message" in line) return { at: at(line.column), statement: { kind: "fault", message: line.message } };
  const block = parseBlock(line);
  if (block !== undefined) return { at: at(block.kind === "fault" ? line.restColumn : line.column), statement: block };
  const keyword = findKeyword(line.keyword);
  if (keyword === undefined) return { at: at(line.column), statement: unknown(line) };
  const fault = keyword.shape(line);
  if (fault !== undefined) return { at: at(line.restColumn), statement: { kind: "fault", message: fault } };
  const { written, rest, words } = line;
  const setting = { keyword, written, text: rest.replace(/^[ \t\r\n=]+/, ""), words, at: at(line.column), system };
  return { at: setting.at, statement: { kind: "set", setting } };
};

const unknown = ({ keyword, written }: Line): Statement => ({
  kind: "unknown",
  keyword,
  message: `bad configuration option "${visible(written)}"${didYouMean(keyword, keywordNames())}`,
});

const parseBlock = (line: Line): Statement | undefined => {
  if (line.keyword === "match") {
    const criteria = parseMatch(line);
    return typeof criteria === "string" ? { kind: "fault", message: criteria } : { kind: "match", criteria };
  }
  if (line.keyword !== "host" && line.keyword !== "include") return undefined;
  if (line.words.includes("")) return { kind: "fault", message: `${line.written} has an empty value` };
  return line.keyword === "host"
    ? { kind: "host", matches: hostMatcher(line.words) }
    : { kind: "include", patterns: line.words };
};
