import type { Vars } from "../model/host.ts";
import type { Problem } from "../model/problem.ts";
import { type Program, parseTemplate } from "./ast.ts";
import { checkProgram } from "./check-program.ts";
import { contextShape } from "./context.ts";
import { refusedDirective } from "./directives.ts";

export type TemplateSource = { readonly file: string; readonly text: string };

/**
 * Every mistake in a template that can be seen before any host is asked: unknown variables and helpers, partials, a list
 * written as text. With `vars`, names of host variables too; with `dest`, what must not stand in a file of that kind.
 */
export const checkTemplate = (
  source: TemplateSource,
  known: { readonly vars?: Vars; readonly dest?: string } = {},
): readonly Problem[] => {
  const program = parseTemplate(source);
  if (!("body" in program)) return [program];
  const literal = known.dest === undefined ? undefined : refusedDirective(known.dest, literalText(program));
  const start = { file: source.file, line: 1, column: 1 };
  return [
    ...(literal === undefined ? [] : [{ at: start, path: "", message: literal }]),
    ...checkProgram(program, { file: source.file, scopes: [contextShape(known.vars)] }),
  ];
};

/** The literal text of a template, blocks opened, with a mark where a value would stand. */
const literalText = (program: Program): string =>
  program.body
    .map((one) => {
      if (one.type === "ContentStatement") return one.original;
      if (one.type === "BlockStatement")
        return [one.program, one.inverse].map((inner) => (inner === undefined ? "" : literalText(inner))).join("");
      return one.type === "MustacheStatement" ? "{}" : "";
    })
    .join("");
