import { createHash } from "node:crypto";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { NonEmpty } from "../model/brand.ts";
import type { Play } from "../model/play.ts";
import { allOf, type Checked, type Problem, problemOf } from "../model/problem.ts";
import { type CompiledPlay, compilePlay, type TemplateSources } from "../plan/compile.ts";
import { parsePlaybook } from "../playbook/parse.ts";
import { withVars } from "../playbook/play-vars.ts";
import { templateNames } from "../playbook/template-names.ts";
import { type NamedText, readText } from "../source/read-text.ts";
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

/** `digest`: SHA-256 in hex over everything that was read, so that another run can tell whether it is the same playbook. */
export type LoadedPlays = { readonly plays: readonly CompiledPlay[]; readonly digest: string };

/** Reads a playbook, its files of variables and its templates, and compiles its plays; or every problem in them. */
export const loadPlays = async (file: string, given: GivenVars, trial?: number): Promise<Checked<LoadedPlays>> => {
  const text = await readText(file);
  if (text.kind === "problems") return withOurs(file, text.problems);
  const parsed = parsePlaybook(text.value, given.vault);
  if (parsed.kind === "problems") return parsed;
  const templates = await readTemplates(file, templateNames(parsed.value), shipped("templates"));
  if (templates.kind === "problems") return templates;
  const { plays } = parsed.value;
  if (trial !== undefined && !plays.some(isForTrial)) return nothingToTry(file);
  const loaded = allOf(
    await Promise.all(plays.map((play) => loadPlay({ play, file, templates: templates.value, trial }, given))),
  );
  if (loaded.kind === "problems") return loaded;
  const used = [...templates.value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([src, template]) => [src, template.text]);
  const vars = loaded.value.map(({ texts }) => texts.map((one) => one.text));
  return {
    kind: "ok",
    value: { plays: loaded.value.map(({ play }) => play), digest: digestOf([text.value.text, used, vars]) },
  };
};

const digestOf = (read: unknown): string => createHash("sha256").update(JSON.stringify(read)).digest("hex");

/** A trial sets live values: a play that activates nothing would do nothing, and look well. */
const isForTrial = ({ tasks }: Play): boolean =>
  tasks.some(({ kind }) => kind === "conntrack") &&
  tasks.some((task) => task.kind === "activate" && task.with !== "none");

const nothingToTry = (file: string): Checked<never> => {
  const message = "sets no live value, so there is nothing to try: it needs a conntrack task and activate: live";
  return { kind: "problems", problems: [problemOf(file, message)] };
};

type PlayFile = {
  readonly play: Play;
  readonly file: string;
  readonly templates: TemplateSources;
  readonly trial: number | undefined;
};

const loadPlay = async (
  { play, file, templates, trial }: PlayFile,
  { vault, extra }: GivenVars,
): Promise<Checked<{ readonly play: CompiledPlay; readonly texts: readonly NamedText[] }>> => {
  const files = await readVarsFiles(file, play.varsFiles, vault);
  if (files.kind === "problems") return files;
  const { vars, texts } = files.value;
  const compiled = compilePlay(withVars(play, { files: vars, extra }), templates, trial);
  return compiled.kind === "problems" ? compiled : { kind: "ok", value: { play: compiled.value, texts } };
};
