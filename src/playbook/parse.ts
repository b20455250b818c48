import { isNonEmpty } from "../model/brand.ts";
import type { Vars } from "../model/host.ts";
import type { Play, Playbook, VarsFile } from "../model/play.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { type Vault, vaultOf } from "../source/vault.ts";
import { isVaultText } from "../source/vault-text.ts";
import { readYaml } from "../source/yaml.ts";
import { crossRules } from "./cross-rules.ts";
import { withPhases } from "./phases.ts";
import { rolling } from "./rolling.ts";
import { show } from "./schema-parts.ts";
import { below, check, report, type Spot } from "./spot.ts";
import { parseTask } from "./task.ts";
import { playSchema, type WrittenPlay } from "./written.ts";

/**
 * Reads a playbook from its text: every key checked, defaults filled in; or every problem in it, each with its place. The
 * vault opens `!vault` values among its variables.
 */
export const parsePlaybook = (
  source: { readonly file: string; readonly text: string },
  vault: Vault = vaultOf([]),
): Checked<Playbook> => {
  if (isVaultText(source.text)) return encryptedWhole(source.file);
  const read = readYaml(source, { vault });
  if (read.kind === "problems") return read;
  const problems: Problem[] = [];
  const spot: Spot = { document: read.value, text: source.text, path: [], problems };
  const plays = parsePlays(spot, read.value.value);
  problems.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  if (isNonEmpty(problems)) return { kind: "problems", problems };
  return { kind: "ok", value: { file: source.file, plays } };
};

const encryptedWhole = (file: string): Checked<never> => {
  const message =
    "a playbook that is encrypted as a whole is not read: encrypt its vars_files, or single values (!vault)";
  return { kind: "problems", problems: [{ at: { file, line: 0, column: 0 }, path: "", message }] };
};

const parsePlays = (spot: Spot, value: unknown): readonly Play[] => {
  if (!Array.isArray(value) || value.length === 0) {
    report(spot, `a playbook is a list of plays, found ${Array.isArray(value) ? "an empty list" : show(value)}`);
    return [];
  }
  return value.flatMap((play: unknown, at) => parsePlay(below(spot, at), play) ?? []);
};

const parsePlay = (spot: Spot, value: unknown): Play | undefined => {
  const written = check(spot, playSchema, value);
  const tasks = withPhases(tasksOf(value).flatMap((task, at) => parseTask(below(spot, "tasks", at), task) ?? []));
  for (const rule of crossRules) rule(spot, tasks);
  if (written === undefined) return undefined;
  const hosts = [written.hosts].flat().join(",");
  return {
    name: written.name ?? hosts,
    hosts,
    hostsAt: spot.document.at([...spot.path, "hosts"]),
    become: written.become,
    becomeUser: written.become_user,
    becomeMethod: written.become_method,
    ...rolling(spot, written),
    // What YAML can hold is what a variable can hold: `readYaml` gives nothing else.
    vars: (written.vars ?? {}) as Vars,
    varsFiles: varsFiles(below(spot, "vars_files"), written.vars_files),
    tasks,
  };
};

const varsFiles = (spot: Spot, written: WrittenPlay["vars_files"]): readonly VarsFile[] =>
  [written ?? []].flat(1).flatMap((one, index) => {
    const names = [one].flat();
    const place = Array.isArray(written) ? below(spot, index) : spot;
    return isNonEmpty(names) ? [{ names, at: spot.document.at(place.path) }] : [];
  });

/** Tasks are checked even where the play around them has a problem: all problems at once. */
const tasksOf = (play: unknown): readonly unknown[] => {
  const tasks = typeof play === "object" && play !== null && "tasks" in play ? play.tasks : undefined;
  return Array.isArray(tasks) ? tasks : [];
};
