import { type Compiled, compileExpression, compileGateExpression } from "../expr/compile.ts";
import { type Use, usesIn } from "../expr/uses.ts";
import { type HostPath, isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { argvKey } from "../model/facts.ts";
import {
  type Expression,
  type Gate,
  type Hook,
  type Play,
  type SettingsTask,
  type Task,
  type TemplateTask,
  usualConfirmWithin,
} from "../model/play.ts";
import { type Checked, checked, type Problem } from "../model/problem.ts";
import { remember } from "../model/remember.ts";
import { checkTemplate } from "../render/check.ts";
import { type CompiledTemplate, compileTemplate } from "../render/compile-template.ts";
import { removeLines } from "../render/remove-lines.ts";
import { type Edited, editSettings, styleOfPath } from "../render/settings.ts";
import { type CompiledHook, compileHook } from "./compile-hook.ts";

/** A play made ready once, for any number of hosts. */
export type CompiledPlay = {
  readonly play: Play;
  readonly tasks: readonly CompiledTask[];
  /** A trial: live values only, which go back by themselves after so many seconds. */
  readonly trial: number | undefined;
  /** Milliseconds after which a host puts a change of this play back that nobody has confirmed. Undefined: never. */
  readonly confirmWithin: number | undefined;
  /** Every `unless` that the probe asks, with milliseconds for it. */
  readonly asks: readonly Ask[];
  /** Before and after, and gates, with what they need compiled. */
  readonly hooks: { readonly before: readonly CompiledHook[]; readonly after: readonly CompiledHook[] };
  readonly gates: readonly CompiledGate[];
  /** Every file that the play manages: what the probe reads beside conntrack. */
  readonly files: readonly HostPath[];
  /** Names of owners that the probe looks up. */
  readonly owners: { readonly users: readonly string[]; readonly groups: readonly string[] };
};

export type Ask = { readonly argv: NonEmpty<string>; readonly within: number };

/** A gate with its expressions compiled; `that` is empty for gates that ask elsewhere. */
export type CompiledGate = { readonly gate: Gate; readonly that: readonly Compiled[] };

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

/** Compiles expressions, templates and the words of hooks, or gives every problem in them. */
export const compilePlay = (play: Play, sources: TemplateSources, trial?: number): Checked<CompiledPlay> => {
  const problems: Problem[] = [];
  const take = <T>(checked: Checked<T>): readonly T[] => {
    if (checked.kind === "ok") return [checked.value];
    problems.push(...checked.problems);
    return [];
  };
  const hooks = (written: readonly Hook[]) => written.flatMap((hook) => take(compileHook(play, hook)));
  const compiled: CompiledPlay = {
    play,
    tasks: play.tasks.map((task) => compileTask(task, sources, take)),
    trial,
    confirmWithin: confirmWithin(play),
    asks: trial === undefined ? asksOf(play) : [],
    hooks: { before: hooks(play.before), after: hooks(play.after) },
    gates: play.gates.map((gate) => ({
      gate,
      that: gate.kind === "facts" ? gate.that.flatMap((one) => take(compileGateExpression(one))) : [],
    })),
    files: managedFiles(play),
    owners: ownerNames(play),
  };
  problems.push(...play.tasks.flatMap(commandsInSettings));
  return checked(compiled, problems);
};

type Take = <T>(checked: Checked<T>) => readonly T[];

const compileTask = (task: Task, sources: TemplateSources, take: Take): CompiledTask => {
  const compileAll = (expressions: readonly Expression[]) => expressions.flatMap((one) => take(compileExpression(one)));
  const when = compileAll(task.when);
  const that = task.kind === "verify" ? compileAll(task.that) : [];
  const template = task.kind === "template" ? take(compileSource(task, sources))[0] : undefined;
  const edit = task.kind === "settings" ? remember((text) => editText(task, text)) : undefined;
  const uses = [...[...when, ...that].flatMap(usesIn), ...(template?.uses ?? [])];
  return { task, when, that, template, edit, uses };
};

const commandsInSettings = (task: Task): readonly Problem[] =>
  task.kind === "settings" && task.set.size > 0 && /\/modprobe\.(d\/|conf$)/.test(task.path)
    ? [{ at: task.at, path: "settings.set", message: "modprobe's files hold commands, not settings: use a template" }]
    : [];

/** All tasks that say it say the same. */
const confirmWithin = ({ tasks }: Play): number | undefined => {
  const activate = tasks.find((task) => task.kind === "activate");
  return activate === undefined ? usualConfirmWithin : activate.confirmWithin;
};

// Milliseconds. What is asked is a question, and every reading of the host waits for its answer.
const longestAsk = 10_000;

/** Two tasks that ask the same ask once, for the longer time. */
const asksOf = ({ tasks }: Play): readonly Ask[] => {
  const asks = new Map<string, Ask>();
  for (const task of tasks) {
    if (task.kind !== "command") continue;
    const key = argvKey(task.unless);
    const within = Math.max(asks.get(key)?.within ?? 0, Math.min(task.within, longestAsk));
    asks.set(key, { argv: task.unless, within });
  }
  return [...asks.values()];
};

/** Where the tasks of a play read variables. */
export const usesOf = ({ tasks }: Pick<CompiledPlay, "tasks">): readonly Use[] => tasks.flatMap(({ uses }) => uses);

/** Where its gates do. */
export const gateUses = ({ gates }: Pick<CompiledPlay, "gates">): readonly Use[] =>
  gates.flatMap(({ that }) => that.flatMap(usesIn));

const editText = ({ path, set, absent, absentLines }: SettingsTask, text: string): Edited =>
  editSettings({ text: removeLines(text, absentLines), set, absent, style: styleOfPath(path) });

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
