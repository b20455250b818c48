import { type Compiled, compileExpression } from "../expr/compile.ts";
import type { ExpressionContext } from "../expr/environment.ts";
import { evaluate } from "../expr/evaluate.ts";
import { type Use, usesIn } from "../expr/uses.ts";
import { foldNames } from "../inventory/fold.ts";
import { type HostPath, isNonEmpty } from "../model/brand.ts";
import type { InventoryHost, Vars } from "../model/host.ts";
import type { Expression, Play, SettingsTask, Task, TemplateTask } from "../model/play.ts";
import { type Checked, checked, type Problem } from "../model/problem.ts";
import { remember } from "../model/remember.ts";
import { checkTemplate } from "../render/check.ts";
import { checkProgram } from "../render/check-program.ts";
import { type CompiledTemplate, compileTemplate } from "../render/compile-template.ts";
import { contextShape } from "../render/context.ts";
import { removeLines } from "../render/remove-lines.ts";
import { type Edited, editSettings, styleOfPath } from "../render/settings.ts";
import { type PlayVars, playVars } from "./variables.ts";

/** A play made ready once, for any number of hosts. */
export type CompiledPlay = {
  readonly play: Play;
  readonly tasks: readonly CompiledTask[];
  /** A trial: live values only, which go back by themselves after so many seconds. */
  readonly trial: number | undefined;
  /** Every file that the play manages: what the probe reads beside conntrack. */
  readonly files: readonly HostPath[];
  /** Names of owners that the probe looks up. */
  readonly owners: { readonly users: readonly string[]; readonly groups: readonly string[] };
};

export type CompiledTask = {
  /** Where the task reads variables, its conditions among them. */
  readonly uses: readonly Use[];
  readonly task: Task;
  readonly when: readonly Compiled[];
  /** The lines of a verify task; empty for others. */
  readonly that: readonly Compiled[];
  readonly template: CompiledTemplate | undefined;
  /** What a settings task makes of a file's text; hosts with equal files are worked out once. */
  readonly edit: ((text: string) => Edited) | undefined;
};

/** A template's text with the file that it came from, by the `src` that names it. */
export type TemplateSources = ReadonlyMap<string, { readonly file: string; readonly text: string }>;

/** Compiles expressions and templates, or gives every problem in them. */
export const compilePlay = (play: Play, sources: TemplateSources, trial?: number): Checked<CompiledPlay> => {
  const problems: Problem[] = [];
  const take = <T>(checked: Checked<T>): readonly T[] => {
    if (checked.kind === "ok") return [checked.value];
    problems.push(...checked.problems);
    return [];
  };
  const compileAll = (expressions: readonly Expression[]) => expressions.flatMap((one) => take(compileExpression(one)));
  const tasks = play.tasks.map((task): CompiledTask => {
    const when = compileAll(task.when);
    const that = task.kind === "verify" ? compileAll(task.that) : [];
    const template = task.kind === "template" ? take(compileSource(task, sources))[0] : undefined;
    const edit = task.kind === "settings" ? remember((text) => editText(task, text)) : undefined;
    return {
      task,
      when,
      that,
      template,
      edit,
      uses: [...[...when, ...that].flatMap(usesIn), ...(template?.uses ?? [])],
    };
  });
  for (const task of play.tasks)
    if (task.kind === "settings" && task.set.size > 0 && /\/modprobe\.(d\/|conf$)/.test(task.path)) {
      const message = "modprobe's files hold commands, not settings: use a template";
      problems.push({ at: task.at, path: "settings.set", message });
    }
  return checked({ play, tasks, trial, files: managedFiles(play), owners: ownerNames(play) }, problems);
};

const editText = ({ path, set, absent, absentLines }: SettingsTask, text: string): Edited =>
  editSettings({ text: removeLines(text, absentLines), set, absent, style: styleOfPath(path) });

/** What is wrong with the variables of these hosts, each mistake once with all hosts that share it. */
export const checkVars = (compiled: CompiledPlay, hosts: readonly InventoryHost[]): readonly Problem[] => {
  const found = new Map<string, { readonly problem: Problem; readonly names: string[] }>();
  for (const host of hosts)
    for (const problem of checkHostVars(compiled, host)) {
      const key = JSON.stringify(problem);
      const known = found.get(key);
      if (known === undefined) found.set(key, { problem, names: [host.name] });
      else known.names.push(host.name);
    }
  return [...found.values()].map(({ problem, names }) => ({
    ...problem,
    message: `${problem.message} (on ${foldNames(names)})`,
  }));
};

/**
 * What is wrong with a host's variables for this play, told before any host is contacted: one that it reads has no value
 * (Jinja that cannot be evaluated, a vault that does not open), or a template that every host gets names one that is not
 * there. A task whose condition does not hold whatever the host's facts are reads nothing.
 */
const checkHostVars = (compiled: CompiledPlay, host: InventoryHost): readonly Problem[] => {
  const { vars, faults } = playVars(compiled.play, host, usesOf(compiled));
  // What has no value may have any shape: that it has none is said once.
  const shapes = Object.assign({}, vars, Object.fromEntries([...faults.keys()].map((name) => [name, null]))) as Vars;
  const context = { facts: unknownFacts, vars, host, play: compiled.play };
  return compiled.tasks.flatMap((one) => [
    ...(faults.size > 0 && mayHold(one, context) ? valueProblems(one, faults) : []),
    ...(one.when.length > 0 ? [] : nameProblems(one, shapes)),
  ]);
};

/** Where a play reads variables. */
export const usesOf = ({ tasks }: Pick<CompiledPlay, "tasks">): readonly Use[] => tasks.flatMap(({ uses }) => uses);

const unknownFacts: ExpressionContext["facts"] = {
  find: () => ({ kind: "missing", because: "no host was asked yet" }),
};

const mayHold = ({ when }: CompiledTask, context: ExpressionContext): boolean =>
  when.every((condition) => evaluate(condition, context).kind !== "false");

const valueProblems = ({ uses }: CompiledTask, faults: PlayVars["faults"]): readonly Problem[] =>
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

const compileSource = ({ src, dest }: TemplateTask, sources: TemplateSources): Checked<CompiledTemplate> => {
  const source = sources.get(src);
  if (source === undefined) throw new Error(`template ${src} was not read`);
  const problems = checkTemplate(source, { dest });
  return isNonEmpty(problems) ? { kind: "problems", problems } : compileTemplate(source);
};

const managedFiles = (play: Play): readonly HostPath[] => [
  ...new Set(
    play.tasks.flatMap((task) =>
      task.kind === "template" ? [task.dest] : task.kind === "settings" || task.kind === "absent" ? [task.path] : [],
    ),
  ),
];

const ownerNames = (play: Play) => {
  const named = (pick: "owner" | "group") =>
    play.tasks.flatMap((task) => {
      const name = task.kind === "template" ? task[pick] : undefined;
      return name === undefined || /^(root|\d+)$/.test(name) ? [] : [name];
    });
  return { users: [...new Set(named("owner"))], groups: [...new Set(named("group"))] };
};
