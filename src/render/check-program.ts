import { didYouMean } from "../expr/nearest.ts";
import { commonShape, type Shape } from "../expr/shape.ts";
import type { Problem } from "../model/problem.ts";
import { type Block, type Call, type Expression, type Program, placeOf } from "./ast.ts";
import { type Report, resolve, type Scope } from "./resolve.ts";
import { helperForms } from "./template-helpers.ts";

/** Every mistake in the statements of a template or of a block. */
export const checkProgram = (program: Program, scope: Scope): readonly Problem[] => {
  const problems: Problem[] = [];
  const report = (node: Expression | Program["body"][number], message: string) =>
    problems.push({ at: placeOf(scope.file, node), path: "", message });

  for (const one of program.body)
    switch (one.type) {
      case "ContentStatement":
      case "CommentStatement":
        break;
      case "MustacheStatement": {
        const shape = valueOf(one, scope, report);
        if (shape?.kind === "list" || shape?.kind === "map" || shape?.kind === "record")
          report(
            one,
            `${nameOf(one.path)} is a ${shape.kind === "list" ? "list" : "map"} and has no text form: use each`,
          );
        break;
      }
      case "BlockStatement":
        problems.push(...checkBlock(one, scope, report));
        break;
      case "PartialStatement":
      case "PartialBlockStatement":
        report(one, "partials ({{> name}}) are not offered");
        break;
      default:
        report(one, "decorators ({{* name}}) are not offered");
    }
  return problems;
};

const checkBlock = (block: Block, scope: Scope, report: Report): readonly Problem[] => {
  const name = nameOf(block.path);
  const form = helperForms.get(name);
  if (form?.form !== "block") {
    report(
      block.path,
      `{{#${name}}} is not a block helper${didYouMean(name, namesOf("block"))}; there are ${namesOf("block").join(", ")}`,
    );
    return [];
  }
  if (block.program?.blockParams !== undefined)
    report(block.path, "block parameters (as |name|) are not offered: use this and @key");
  const [first] = checkCall(block, scope, report);
  const inside = name === "each" ? { ...scope, scopes: [...scope.scopes, elementOf(first, block, report)] } : scope;
  return [
    ...(block.program === undefined ? [] : checkProgram(block.program, inside)),
    ...(block.inverse === undefined ? [] : checkProgram(block.inverse, scope)),
  ];
};

const elementOf = (shape: Shape | undefined, block: Block, report: Report): Shape => {
  if (shape?.kind === "list" || shape?.kind === "map") return shape.of;
  if (shape?.kind === "record") return commonShape(Object.values(shape.fields));
  if (shape !== undefined && shape.kind !== "any") report(block.path, "each needs a list or a map");
  return { kind: "any" };
};

/** The shapes of a helper's values, after its form was checked. */
const checkCall = (call: Call, scope: Scope, report: Report): readonly (Shape | undefined)[] => {
  const name = nameOf(call.path);
  const { least, most, named } = helperForms.get(name) ?? { least: 0, most: 0 };
  const pairs = call.hash?.pairs ?? [];
  if (call.params.length < least || call.params.length > most)
    report(
      call.path,
      `${name} takes ${least === most ? least : `${least} to ${most}`} value${most === 1 ? "" : "s"}, not ${call.params.length}`,
    );
  if (pairs.length > 0 && named !== true) report(call.path, `${name} takes no NAME=value`);
  for (const { value } of pairs) shapeOfExpression(value, scope, report);
  return call.params.map((param) => shapeOfExpression(param, scope, report));
};

const shapeOfExpression = (expression: Expression, scope: Scope, report: Report): Shape | undefined => {
  if (expression.type === "SubExpression") return valueOf(expression, scope, report);
  if (expression.type === "PathExpression") return resolve(expression, scope, report);
  return { kind: "any" };
};

/** `{{x}}`, `{{helper x}}` or `(helper x)`. */
const valueOf = (call: Call, scope: Scope, report: Report): Shape | undefined => {
  const name = nameOf(call.path);
  const form = helperForms.get(name);
  if (form?.form === "value") {
    checkCall(call, scope, report);
    return { kind: name === "eq" ? "bool" : "text" };
  }
  if (form !== undefined) {
    report(call.path, `${name} is a block: {{#${name} ...}} ... {{/${name}}}`);
    return undefined;
  }
  if (call.params.length > 0 || call.hash !== undefined) {
    report(call.path, isVariable(call.path, scope) ? `${name} is a variable and takes no values` : noHelper(name));
    return undefined;
  }
  return call.path.type === "PathExpression" ? resolve(call.path, scope, report) : { kind: "any" };
};

const isVariable = (path: Expression, { scopes }: Scope): boolean => {
  const shape = scopes.at(-1);
  return path.type === "PathExpression" && shape?.kind === "record" && Object.hasOwn(shape.fields, path.parts[0] ?? "");
};

const noHelper = (name: string): string =>
  `there is no helper ${name}${didYouMean(name, namesOf("value"))}; there are ${namesOf("value").join(", ")}`;

const nameOf = (path: Expression): string => (path.type === "PathExpression" ? path.original : "a literal");

const namesOf = (form: "block" | "value"): readonly string[] =>
  [...helperForms].filter(([, one]) => one.form === form).map(([name]) => name);
