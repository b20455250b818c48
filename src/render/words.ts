import type { Secret } from "../model/host.ts";
import type { Checked, Position } from "../model/problem.ts";
import { checkProgram } from "./check-program.ts";
import { type CompiledTemplate, compileTemplate } from "./compile-template.ts";
import { type WordContext, wordData, wordShape } from "./context.ts";
import { attempt, type Rendered } from "./render-template.ts";

/** A word of a program, which may hold tags; problems stand at the place of the program. */
export const compileWord = (text: string, at: Position): Checked<CompiledTemplate> => {
  const compiled = compileTemplate({ file: at.file, text }, wordShape());
  if (compiled.kind === "ok") return compiled;
  const [first, ...others] = compiled.problems.map((one) => ({
    ...one,
    at,
    message: `${one.message} (in the word ${JSON.stringify(text)})`,
  }));
  if (first === undefined) throw new Error("a word has problems without any");
  return { kind: "problems", problems: [first, ...others] };
};

/** The word for one host. Pure. Fails where it reads what has no value there. */
export const renderWord = ({ file, program, uses, run }: CompiledTemplate, context: WordContext): Rendered => {
  const [problem] = uses.length > 0 ? checkProgram(program, { file, scopes: [wordShape(context.vars)] }) : [];
  if (problem !== undefined) return { kind: "failed", because: problem.message };
  const secrets = new Set<Secret>();
  const text = attempt(() => run(wordData(context, secrets)));
  if (typeof text !== "string") return { kind: "failed", because: text.message };
  return { kind: "rendered", text, secrets: [...secrets] };
};
