import Handlebars from "handlebars";
import type { Position, Problem } from "../model/problem.ts";

type Place = { readonly loc: { readonly start: { readonly line: number; readonly column: number } } };

export type Expression = Place &
  (
    | { readonly type: "StringLiteral" | "NumberLiteral" | "BooleanLiteral" | "UndefinedLiteral" | "NullLiteral" }
    | PathExpression
    | ({ readonly type: "SubExpression" } & Call)
  );
export type PathExpression = Place & {
  readonly type: "PathExpression";
  /** Is it `@key`, `@root`...? */
  readonly data: boolean;
  /** How many `../` stand in front. */
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
};
export type Call = {
  readonly path: Expression;
  readonly params: readonly Expression[];
  readonly hash?: { readonly pairs: readonly (Place & { readonly key: string; readonly value: Expression })[] };
};
export type Program = { readonly body: readonly Statement[]; readonly blockParams?: readonly string[] };
export type Block = Place & Call & { readonly program?: Program; readonly inverse?: Program };
type Statement = Place &
  (
    | { readonly type: "ContentStatement"; readonly original: string }
    | { readonly type: "CommentStatement" }
    | ({ readonly type: "MustacheStatement" } & Call)
    | ({ readonly type: "BlockStatement" } & Block)
    | { readonly type: "PartialStatement" | "PartialBlockStatement" | "Decorator" | "DecoratorBlock" }
  );

/** The part of the library's tree that we look at; its own types do not tell the statements apart. */
export const parseTemplate = (source: { readonly file: string; readonly text: string }): Program | Problem => {
  try {
    return Handlebars.parse(source.text) as unknown as Program;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { path: "", ...explain(error.message, source) };
  }
};

export const placeOf = (file: string, { loc }: Place): Position => ({
  file,
  line: loc.start.line,
  column: loc.start.column + 1,
});

/**
 * The parser says `Parse error on line 3:`, then the line around the place, then a caret below it, then what it expected;
 * or a sentence that ends in ` - 3:7`.
 */
const explain = (message: string, { file, text }: { file: string; text: string }): Pick<Problem, "at" | "message"> => {
  const [head = "", excerpt = "", pointer = "", tail = ""] = message.split("\n");
  const exact = / - (\d+):(\d+)$/.exec(head);
  if (exact !== null) {
    const at = { file, line: Number(exact[1]), column: Number(exact[2]) + 1 };
    return { at, message: `not a valid template: ${head.slice(0, exact.index)}` };
  }
  const line = Number(/line (\d+)/.exec(head)?.[1] ?? 1);
  const before = excerpt.slice(Math.max(0, pointer.indexOf("^") - 8), Math.max(0, pointer.indexOf("^")));
  const found = (text.split("\n")[line - 1] ?? "").indexOf(before);
  const got = /got '(\w+)'$/.exec(tail)?.[1] ?? "";
  const what = got === "EOF" ? "it ends inside a block or a tag" : `unexpected text after ${JSON.stringify(before)}`;
  return {
    at: { file, line, column: found < 0 ? 1 : found + before.length + 1 },
    message: `not a valid template: ${what}`,
  };
};
