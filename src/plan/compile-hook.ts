import { names } from "../inventory/connection-vars.ts";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { InventoryHost, Value, Vars } from "../model/host.ts";
import type { Hook, Play } from "../model/play.ts";
import { allOf, type Checked, checked, type Problem } from "../model/problem.ts";
import type { CompiledTemplate } from "../render/compile-template.ts";
import type { WordContext } from "../render/context.ts";
import { compileWord, renderWord } from "../render/words.ts";
import { playVars } from "./variables.ts";

/** A hook whose words can be made for a host. */
export type CompiledHook = Hook & {
  readonly words: (host: InventoryHost) => Checked<NonEmpty<string>>;
};

/** Compiles the words of a hook, or gives every problem in them. */
export const compileHook = (play: Play, hook: Hook): Checked<CompiledHook> => {
  const words = allOf(hook.argv.map((word) => compileWord(word, hook.at)));
  if (words.kind === "problems") return words;
  const address = names.address.map((name) => ({ name, at: hook.at }));
  const uses = [...words.value.flatMap((one) => one.uses), ...address];
  const value = { ...hook, words: (host: InventoryHost) => wordsFor(hook, words.value, contextOf(play, host, uses)) };
  return { kind: "ok", value };
};

const contextOf = (play: Play, host: InventoryHost, uses: CompiledTemplate["uses"]): WordContext => {
  const { vars } = playVars(play, host, uses);
  return { vars, play, host: { name: host.name, groups: host.groups, address: addressOf(host, vars) } };
};

/** As the inventory says it: of several names for it the last one wins; else the host's own name. */
const addressOf = ({ name }: InventoryHost, vars: Vars): Value => {
  const given = names.address.findLast((one) => (vars[one] ?? "") !== "");
  return (given === undefined ? undefined : vars[given]) ?? name;
};

const vaultAdvice =
  "reads a vault: a program's words can be listed by everybody on that machine, so let the program read it from a file";

const wordsFor = (
  { at, name }: Hook,
  words: readonly CompiledTemplate[],
  context: WordContext,
): Checked<NonEmpty<string>> => {
  const problems: Problem[] = [];
  const report = (message: string) => problems.push({ at, path: "", message: `${name}: ${message}` });
  const made = words.map((word) => {
    const rendered = renderWord(word, context);
    if (rendered.kind === "rendered" && rendered.secrets.length === 0) return rendered.text;
    report(rendered.kind === "failed" ? rendered.because : vaultAdvice);
    return "";
  });
  if (problems.length === 0 && made[0] === "") report("names no program: the first word is empty here");
  if (!isNonEmpty(made)) throw new Error("a hook has no words");
  return checked(made, problems);
};
