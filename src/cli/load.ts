import { fileURLToPath } from "node:url";
import type { Inventory } from "../inventory/inventory.ts";
import { parseInventory } from "../inventory/parse.ts";
import { selectHosts } from "../inventory/select.ts";
import { type HostName, isNonEmpty } from "../model/brand.ts";
import type { Host, Vars } from "../model/host.ts";
import type { Playbook } from "../model/play.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { type CompiledPlay, checkHostVars, compilePlay } from "../plan/compile.ts";
import { parsePlaybook } from "../playbook/parse.ts";
import { templateNames } from "../playbook/template-names.ts";
import { describeProblem } from "../report/describe.ts";
import { printable } from "../report/escape.ts";
import { readText } from "../source/read-text.ts";
import { readTemplates } from "../source/templates.ts";
import { pathText } from "../source/tree.ts";
import { say } from "./console.ts";
import { parseExtraVars } from "./extra-vars.ts";
import type { FleetOptions } from "./options.ts";

/** Everything that a run reads before it contacts a host. */
export type Loaded = {
  readonly inventory: Inventory;
  /** The hosts that `--limit` leaves, in inventory order. */
  readonly hosts: readonly Host[];
  readonly plays: readonly PlayHosts[];
};

/** A play and the names of the hosts that it selects within the limit. */
export type PlayHosts = { readonly play: CompiledPlay; readonly hosts: ReadonlySet<HostName> };

/** Folders that ship with ctfleet; the bundle stands one folder below them. */
const shipped = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The audit play, for commands that were given no playbook. */
export const auditPlaybook = (): string => shipped("playbooks/audit.yaml");

/** Reads inventory, playbook and templates; every problem in all of them, where there are any. */
export const load = async (options: FleetOptions, playbook: string): Promise<Checked<Loaded>> => {
  const extra = await parseExtraVars(options.extraVars ?? []);
  const [inventory, plays] = [await loadInventory(options), await loadPlaybook(playbook, extra)];
  const problems = [extra, inventory, plays].flatMap((one) => (one.kind === "problems" ? [...one.problems] : []));
  if (isNonEmpty(problems)) return { kind: "problems", problems };
  if (inventory.kind !== "ok" || plays.kind !== "ok") throw new Error("no value and no problems");
  const chosen = playHosts(plays.value, inventory.value);
  return chosen.kind === "ok" ? { kind: "ok", value: { ...inventory.value, plays: chosen.value } } : chosen;
};

/** Reads playbook and templates alone, for `lint` without an inventory. */
export const loadPlays = async (options: FleetOptions, playbook: string): Promise<Checked<readonly CompiledPlay[]>> => {
  const extra = await parseExtraVars(options.extraVars ?? []);
  return extra.kind === "problems" ? extra : loadPlaybook(playbook, extra);
};

/** The inventory with the limit applied. */
export const loadInventory = async (options: FleetOptions): Promise<Checked<Pick<Loaded, "inventory" | "hosts">>> => {
  const files = options.inventory ?? [];
  if (files.length === 0) return usage("--inventory", "no inventory: name one with -i FILE");
  const texts = await Promise.all(files.map(readText));
  const problems = texts.flatMap((one) => (one.kind === "problems" ? [...one.problems] : []));
  if (isNonEmpty(problems)) return { kind: "problems", problems };
  const parsed = parseInventory(texts.flatMap((one) => (one.kind === "ok" ? [one.value] : [])));
  if (parsed.kind === "problems") return parsed;
  const selected = selectHosts(parsed.value, options.limit ?? "all");
  if (selected.kind === "fault") return usage("--limit", selected.because);
  if (options.limit !== undefined)
    for (const part of selected.unmatched) say(`--limit: nothing in the inventory matches ${printable(part)}`);
  return { kind: "ok", value: { inventory: parsed.value, hosts: selected.hosts } };
};

const loadPlaybook = async (file: string, extra: Checked<Vars>): Promise<Checked<readonly CompiledPlay[]>> => {
  const text = await readText(file);
  if (text.kind === "problems") return text;
  const parsed = parsePlaybook(text.value);
  if (parsed.kind === "problems") return parsed;
  const templates = await readTemplates(file, templateNames(parsed.value), shipped("templates"));
  if (templates.kind === "problems") return templates;
  const vars = extra.kind === "ok" ? extra.value : {};
  const compiled = withVars(parsed.value, vars).plays.map((play) => compilePlay(play, templates.value));
  const problems = compiled.flatMap((one) => (one.kind === "problems" ? [...one.problems] : []));
  if (isNonEmpty(problems)) return { kind: "problems", problems };
  return { kind: "ok", value: compiled.flatMap((one) => (one.kind === "ok" ? [one.value] : [])) };
};

/** Extra variables stand above a play's own. */
const withVars = (playbook: Playbook, extra: Vars): Playbook => ({
  ...playbook,
  plays: playbook.plays.map((play) => ({ ...play, vars: { ...play.vars, ...extra } })),
});

const playHosts = (
  plays: readonly CompiledPlay[],
  { inventory, hosts }: Pick<Loaded, "inventory" | "hosts">,
): Checked<readonly PlayHosts[]> => {
  const problems: Problem[] = [];
  const chosen = plays.map((play, at): PlayHosts => {
    const { hosts: pattern, hostsAt } = play.play;
    const problem = (message: string): Problem => ({ at: hostsAt, path: pathText([at, "hosts"]), message });
    const selected = selectHosts(inventory, pattern);
    if (selected.kind === "fault") {
      problems.push(problem(selected.because));
      return { play, hosts: new Set() };
    }
    if (selected.unmatched.length > 0)
      say(describeProblem(problem(`nothing in the inventory matches ${selected.unmatched.join(", ")}`)));
    const named = new Set(selected.hosts.map((host) => host.name));
    const own = hosts.filter((host) => named.has(host.name));
    problems.push(...own.flatMap((host) => [...checkHostVars(play, host), ...rootProblems(play, host)]));
    return { play, hosts: new Set(own.map((host) => host.name)) };
  });
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: chosen };
};

/** A folder has no kernel of its own: live values set there would be this machine's, or nobody's. */
const rootProblems = ({ play }: CompiledPlay, { name, connection }: Host): readonly Problem[] =>
  connection.root === "" || connection.lab
    ? []
    : play.tasks
        .filter((task) => task.kind === "activate" && task.with !== "none")
        .map(({ at }) => ({
          at,
          path: "activate",
          message: `${name} has a ctfleet_root: only activate: none can be used there`,
        }));

const usage = (option: string, message: string): Checked<never> => {
  const problem: Problem = { at: { file: option, line: 0, column: 0 }, path: "", message };
  return { kind: "problems", problems: [problem] };
};
