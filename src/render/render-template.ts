import type { Secret } from "../model/host.ts";
import { checkProgram } from "./check-program.ts";
import type { CompiledTemplate } from "./compile-template.ts";
import { contextShape, type TemplateContext, templateData } from "./context.ts";
import { refusedDirective } from "./directives.ts";

export type Rendered =
  /** `secrets`: what came out of a vault and was read for this text. */
  | { readonly kind: "rendered"; readonly text: string; readonly secrets: readonly Secret[] }
  | { readonly kind: "failed"; readonly because: string };

/** Characters; no file that a play manages comes near it. */
const largest = 256 * 1024;

/**
 * One template for one host. Pure. Fails, naming the value, where the template needs a fact or a variable that the host
 * does not have, a value would smuggle in a second line, or the text must not stand at its destination.
 */
export const renderTemplate = ({ file, program, uses, run }: CompiledTemplate, context: TemplateContext): Rendered => {
  const [problem] = uses.length > 0 ? checkProgram(program, { file, scopes: [contextShape(context.vars)] }) : [];
  if (problem !== undefined) return failed(`line ${problem.at.line}, column ${problem.at.column}: ${problem.message}`);
  const secrets = new Set<Secret>();
  const text = attempt(() => run(templateData(context, secrets)));
  if (typeof text !== "string") return failed(text.message);
  if (text.length > largest) return failed(`the text is longer than ${largest} characters`);
  const refused = refusedDirective(context.dest, text);
  return refused === undefined ? { kind: "rendered", text, secrets: [...secrets] } : failed(refused);
};

/** Getters and helpers throw a fault; the library throws errors of its own over data that no check could foresee. */
export const attempt = (run: () => string): string | Error => {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
};

const failed = (because: string): Rendered => ({ kind: "failed", because });
