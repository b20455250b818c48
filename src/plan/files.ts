import type { ExpressionContext } from "../expr/environment.ts";
import type { Action } from "../model/action.ts";
import type { HostPath } from "../model/brand.ts";
import type { Facts, FileState } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { Secret } from "../model/host.ts";
import type { Desired, Ownership, SettingsTask } from "../model/play.ts";
import { renderTemplate } from "../render/render-template.ts";
import type { CompiledTask } from "./compile.ts";
import { fileState, planFile, type WantedFile } from "./file.ts";

type Context = ExpressionContext & {
  readonly conntrack: Desired;
  readonly hostFacts: Facts;
  /** What the play reads out of vaults on this host. */
  readonly secrets: readonly Secret[];
};

/** Changes to files, in the order of the play, and what stands in their way. */
export type FilesPlan = {
  readonly actions: readonly Action[];
  readonly failures: readonly Failure[];
  readonly unproven: readonly string[];
  /** The text of each managed file after the plan; `undefined` for one that is gone. */
  readonly edits: ReadonlyMap<string, string | undefined>;
};

/** Renders and compares every file of the tasks. All failures are given, not the first alone. */
export const planFiles = (tasks: readonly CompiledTask[], context: Context): FilesPlan => {
  const actions: Action[] = [];
  const failures: Failure[] = [];
  const unproven: string[] = [];
  const edits = new Map<string, string | undefined>();
  for (const one of tasks) {
    const wanted = wantedFile(one, context);
    if (wanted === undefined) continue;
    if ("code" in wanted) {
      failures.push(wanted);
      continue;
    }
    if (edits.has(wanted.path)) {
      failures.push(
        refusal(wanted.path, "two tasks of the play want it here: make their conditions exclude each other"),
      );
      continue;
    }
    edits.set(wanted.path, wanted.kind === "text" ? wanted.text : undefined);
    const plan = planFile(wanted, context.hostFacts);
    if (plan.kind === "action") actions.push(plan.action);
    if (plan.kind === "refused") failures.push(plan.failure);
    if (plan.kind === "unproven") unproven.push(plan.because);
  }
  return { actions, failures, unproven, edits };
};

const wantedFile = ({ task, template, edit }: CompiledTask, context: Context): WantedFile | Failure | undefined => {
  switch (task.kind) {
    case "template": {
      if (template === undefined) throw new Error(`template ${task.src} was not compiled`);
      const state = fileState(context.hostFacts, task.dest);
      const file = state.kind === "regular" ? state.text : "";
      const rendered = renderTemplate(template, { ...context, file, dest: task.dest });
      if (rendered.kind === "failed")
        return { code: "template_failed", detail: `${task.src}: ${rendered.because}`, sent: false };
      return { ...rendered, kind: "text", task: task.name, path: task.dest, ownership: task };
    }
    case "settings":
      return edited(task, edit, context);
    case "absent":
      return gone(task.name, task.path, context.secrets);
    case "conntrack":
    case "module":
    case "command":
    case "activate":
    case "verify":
      return undefined;
  }
};

const textOf = (state: FileState): string | undefined => (state.kind === "regular" ? state.text : undefined);
const asItIs: Ownership = { mode: undefined, owner: undefined, group: undefined };

const edited = (
  task: SettingsTask & { readonly name: string },
  edit: CompiledTask["edit"],
  { hostFacts, secrets }: Context,
): WantedFile | Failure => {
  if (edit === undefined) throw new Error(`settings ${task.path} were not compiled`);
  const state = fileState(hostFacts, task.path);
  const nothingThere = state.kind === "absent" && task.set.size === 0;
  if (nothingThere) return gone(task.name, task.path, secrets);
  const text = textOf(state);
  if (text === undefined && state.kind === "regular")
    return refusal(task.path, "its content is not UTF-8 text, so it cannot be edited");
  const result = edit(text ?? "");
  if (result.kind === "refused") return refusal(task.path, result.because);
  return { kind: "text", task: task.name, path: task.path, text: result.text, ownership: asItIs, secrets };
};

const refusal = (path: HostPath, because: string): Failure => ({
  code: "target_refused",
  detail: `${path}: ${because}`,
  sent: false,
});

const gone = (task: string, path: HostPath, secrets: readonly Secret[]): WantedFile => ({
  kind: "gone",
  task,
  path,
  secrets,
});
