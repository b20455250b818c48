import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { NonEmpty } from "../model/brand.ts";
import type { Play } from "../model/play.ts";
import { allOf, type Checked, type Problem } from "../model/problem.ts";
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

/** A playbook that is not there is never replaced by one of ours: it is told where ours of that name stands. */
const withOurs = async (named: string, problems: NonEmpty<Problem>): Promise<Checked<never>> => {
  const ours = shipped(`playbooks/${basename(named)}`);
  const [first] = problems;
  if (first.message !== "does not exist" || (await readText(ours)).kind !== "ok") return { kind: "problems", problems };
  const message = `${first.message}; one of that name ships with ctfleet: ${ours}`;
  return { kind: "problems", problems: [{ ...first, message }] };
};

/** Reads a playbook, its files of variables and its templates, and compiles its plays; or every problem in them. */
export const loadPlays = async (file: string, given: GivenVars): Promise<Checked<readonly CompiledPlay[]>> => {
  const text = await readText(file);
  if (text.kind === "problems") return withOurs(file, text.problems);
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
