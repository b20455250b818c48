import type { ExpressionContext } from "../expr/environment.ts";
import { evaluate } from "../expr/evaluate.ts";
import { didYouMean } from "../expr/nearest.ts";
import type { Use } from "../expr/uses.ts";
import { foldNames } from "../inventory/fold.ts";
import type { InventoryHost, Vars } from "../model/host.ts";
import type { Problem } from "../model/problem.ts";
import { checkProgram } from "../render/check-program.ts";
import { contextShape } from "../render/context.ts";
import { type CompiledPlay, type CompiledTask, gateUses, usesOf } from "./compile.ts";
import { type PlayVars, playVars } from "./variables.ts";

/**
 * What is wrong with the variables of a play's hosts, told before any host is contacted: each mistake once with all hosts
 * that share it, and names that `never_together` gives and no host has.
 */
export const checkVars = (compiled: CompiledPlay, hosts: readonly InventoryHost[]): readonly Problem[] => {
  const found = new Map<string, { readonly problem: Problem; readonly names: string[] }>();
  for (const host of hosts)
    for (const problem of checkHostVars(compiled, host)) {
      const key = JSON.stringify(problem);
      const known = found.get(key);
      if (known === undefined) found.set(key, { problem, names: [host.name] });
      else known.names.push(host.name);
    }
  const shared = [...found.values()].map(({ problem, names }) => ({
    ...problem,
    message: `${problem.message} (on ${foldNames(names)})`,
  }));
  return [...shared, ...unknownNames(compiled, hosts)];
};

/** One host alone is never together with another: there is nothing to know of it. */
const unknownNames = ({ play }: CompiledPlay, hosts: readonly InventoryHost[]): readonly Problem[] => {
  if (hosts.length < 2) return [];
  const known = new Set([...Object.keys(play.vars), ...hosts.flatMap(({ vars }) => Object.keys(vars))]);
  return play.neverTogether
    .filter((name) => !known.has(name))
    .map((name) => ({
      at: play.neverTogetherAt,
      path: "never_together",
      message: `no host of this play has a variable ${name}${didYouMean(name, known)}`,
    }));
};

/**
 * What is wrong with a host's variables for this play: one that it reads has no value (Jinja that cannot be evaluated, a
 * vault that does not open), or a template that every host gets names one that is not there; the same for words of
 * `before` and `after`. A task whose condition does not hold whatever the host's facts are reads nothing.
 */
const checkHostVars = (compiled: CompiledPlay, host: InventoryHost): readonly Problem[] => {
  const { play, hooks } = compiled;
  const rolling = [...gateUses(compiled), ...play.neverTogether.map((name) => ({ name, at: play.neverTogetherAt }))];
  const { vars, faults } = playVars(play, host, [...usesOf(compiled), ...rolling]);
  // What has no value may have any shape: that it has none is said once.
  const shapes = Object.assign({}, vars, Object.fromEntries([...faults.keys()].map((name) => [name, null]))) as Vars;
  const context = { facts: unknownFacts, vars, host, play };
  return [
    ...compiled.tasks.flatMap((one) => [
      ...(faults.size > 0 && mayHold(one, context) ? valueProblems(one.uses, faults) : []),
      ...(one.when.length > 0 ? [] : nameProblems(one, shapes)),
    ]),
    ...valueProblems(rolling, faults),
    ...[...hooks.before, ...hooks.after].flatMap((hook) => {
      const words = hook.words(host);
      return words.kind === "problems" ? words.problems : [];
    }),
  ];
};

const unknownFacts: ExpressionContext["facts"] = {
  find: () => ({ kind: "missing", because: "no host was asked yet" }),
};

const mayHold = ({ when }: CompiledTask, context: ExpressionContext): boolean =>
  when.every((condition) => evaluate(condition, context).kind !== "false");

const valueProblems = (uses: readonly Use[], faults: PlayVars["faults"]): readonly Problem[] =>
  uses.flatMap(({ name, at }) =>
    [...faults]
      .filter(([one]) => name === undefined || name === one)
      .map(([one, because]) => ({
        at,
        path: "",
        message: `vars.${one} has no value: ${because}`,
      })),
  );

const nameProblems = ({ template }: CompiledTask, vars: Vars): readonly Problem[] =>
  template === undefined || template.uses.length === 0
    ? []
    : checkProgram(template.program, { file: template.file, scopes: [contextShape(vars)] });
