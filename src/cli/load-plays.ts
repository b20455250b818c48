import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Play } from "../model/play.ts";
import { allOf, type Checked } from "../model/problem.ts";
import { type CompiledPlay, compilePlay, type TemplateSources } from "../plan/compile.ts";
import { parsePlaybook } from "../playbook/parse.ts";
import { withVars } from "../playbook/play-vars.ts";
import { templateNames } from "../playbook/template-names.ts";
import { readText } from "../source/read-text.ts";
import { readTemplates } from "../source/templates.ts";
import { readVarsFiles } from "../source/vars-files.ts";
import type { GivenVars } from "./given-vars.ts";

/** Folders that ship with ctfleet; the bundle stands one folder below them. */
const shipped = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The audit play, for commands that were given no playbook. */
export const auditPlaybook = (): string => shipped("playbooks/audit.yaml");

/** The playbook's file: as it was named, or the one of that name that ships with ctfleet (`playbooks/raise-ceiling.yaml`). */
export const findPlaybook = async (named: string): Promise<string> => {
  if ((await readText(named)).kind === "ok") return named;
  const ours = shipped(`playbooks/${basename(named)}`);
  return ["playbooks", "."].includes(dirname(named)) && (await readText(ours)).kind === "ok" ? ours : named;
};

/** Reads a playbook, its files of variables and its templates, and compiles its plays; or every problem in them. */
export const loadPlays = async (file: string, given: GivenVars): Promise<Checked<readonly CompiledPlay[]>> => {
  const text = await readText(file);
  if (text.kind === "problems") return text;
  const parsed = parsePlaybook(text.value, given.vault);
  if (parsed.kind === "problems") return parsed;
  const templates = await readTemplates(file, templateNames(parsed.value), shipped("templates"));
  if (templates.kind === "problems") return templates;
  return allOf(await Promise.all(parsed.value.plays.map((play) => loadPlay(play, file, templates.value, given))));
};

const loadPlay = async (
  play: Play,
  file: string,
  templates: TemplateSources,
  { vault, extra }: GivenVars,
): Promise<Checked<CompiledPlay>> => {
  const files = await readVarsFiles(file, play.varsFiles, vault);
  return files.kind === "problems" ? files : compilePlay(withVars(play, { files: files.value, extra }), templates);
};
