import { type Compiled, compileExpression } from "../expr/compile.ts";
import { type HostPath, isNonEmpty } from "../model/brand.ts";
import type { Host } from "../model/host.ts";
import type { Expression, Play, SettingsTask, Task, TemplateTask } from "../model/play.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { remember } from "../model/remember.ts";
import { checkTemplate } from "../render/check.ts";
import { checkProgram } from "../render/check-program.ts";
import { type CompiledTemplate, compileTemplate } from "../render/compile-template.ts";
import { contextShape } from "../render/context.ts";
import { removeLines } from "../render/remove-lines.ts";
import { type Edited, editSettings, styleOfPath } from "../render/settings.ts";

/** A play made ready once, for any number of hosts. */
export type CompiledPlay = {
  readonly play: Play;
  readonly tasks: readonly CompiledTask[];
  /** Every file that the play manages: what the probe reads beside conntrack. */
  readonly files: readonly HostPath[];
  /** Names of owners that the probe looks up. */
  readonly owners: { readonly users: readonly string[]; readonly groups: readonly string[] };
};

export type CompiledTask = {
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
export const compilePlay = (play: Play, sources: TemplateSources): Checked<CompiledPlay> => {
  const problems: Problem[] = [];
  const take = <T>(checked: Checked<T>): readonly T[] => {
    if (checked.kind === "ok") return [checked.value];
    problems.push(...checked.problems);
    return [];
  };
  const compileAll = (expressions: readonly Expression[]) => expressions.flatMap((one) => take(compileExpression(one)));
  const tasks = play.tasks.map((task) => ({
    task,
    when: compileAll(task.when),
    that: task.kind === "verify" ? compileAll(task.that) : [],
    template: task.kind === "template" ? take(compileSource(task, sources))[0] : undefined,
    edit: task.kind === "settings" ? remember((text) => editText(task, text)) : undefined,
  }));
  for (const task of play.tasks)
    if (task.kind === "settings" && task.set.size > 0 && /\/modprobe\.(d\/|conf$)/.test(task.path)) {
      const message = "modprobe's files hold commands, not settings: use a template";
      problems.push({ at: task.at, path: "settings.set", message });
    }
  if (isNonEmpty(problems)) return { kind: "problems", problems };
  return { kind: "ok", value: { play, tasks, files: managedFiles(play), owners: ownerNames(play) } };
};

const editText = ({ path, set, absent, absentLines }: SettingsTask, text: string): Edited =>
  editSettings({ text: removeLines(text, absentLines), set, absent, style: styleOfPath(path) });

/**
 * What a host's variables lack for the templates that every host of the play gets: told before any host is contacted.
 * Templates under a condition are judged when it is known whether it holds.
 */
export const checkHostVars = ({ play, tasks }: CompiledPlay, host: Host): readonly Problem[] =>
  tasks.flatMap(({ task, template }) => {
    if (template?.namesVars !== true || task.when.length > 0) return [];
    const scopes = [contextShape({ ...host.vars, ...play.vars })];
    return checkProgram(template.program, { file: template.file, scopes }).map((problem) => ({
      ...problem,
      message: `${problem.message} (host ${host.name})`,
    }));
  });

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
