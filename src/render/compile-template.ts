import Handlebars from "handlebars";
import type { Use } from "../expr/uses.ts";
import { type Checked, checked } from "../model/problem.ts";
import { remember } from "../model/remember.ts";
import { type Program, parseTemplate } from "./ast.ts";
import type { TemplateSource } from "./check.ts";
import { checkProgram } from "./check-program.ts";
import { contextShape } from "./context.ts";
import { helperForms, ownHelpers } from "./template-helpers.ts";

/** A template that was checked against the known context, ready for any host. */
export type CompiledTemplate = {
  readonly file: string;
  readonly program: Program;
  /** Where it reads host variables. Their names are known per host only. */
  readonly uses: readonly Use[];
  readonly run: (data: object) => string;
};

/**
 * Checks and compiles a template from its text, or gives every problem in it. Equal texts are compiled once. `shape` is what
 * it may name.
 */
export const compileTemplate = (source: TemplateSource, shape = contextShape()): Checked<CompiledTemplate> => {
  const program = parseTemplate(source);
  if (!("body" in program)) return { kind: "problems", problems: [program] };
  const uses: Use[] = [];
  const problems = checkProgram(program, { file: source.file, scopes: [shape], uses });
  return checked({ file: source.file, program, uses, run: runOf(source.text) }, problems);
};

const mostCompiled = 200;

const runOf = remember(
  (text): CompiledTemplate["run"] =>
    engine.compile<object>(text, {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers: { ...dropped, ...Object.fromEntries([...helperForms.keys()].map((name) => [name, true])) },
    }),
  mostCompiled,
);

/** Helpers that the library brings and a template never gets. */
const dropped = { helperMissing: false, blockHelperMissing: false, with: false, log: false, lookup: false };

const engine = Handlebars.create();
for (const name of ["with", "log", "lookup"]) engine.unregisterHelper(name);
for (const [name, helper] of Object.entries(ownHelpers)) engine.registerHelper(name, helper);
