import type { Vars } from "../model/host.ts";
import { type Checked, checked, type Problem, problemOf } from "../model/problem.ts";
import { emptyVars, mergeVars } from "../model/vars.ts";
import { fromHome } from "../source/home.ts";
import { readText } from "../source/read-text.ts";
import { variablesIn } from "../source/variables.ts";
import { type Vault, vaultOf } from "../source/vault.ts";
import { parseKeyValues } from "./key-values.ts";

/**
 * The variables of every `-e`, in Ansible's forms: `k=v k2="v w"` (values are text), `@FILE` (YAML or JSON, also
 * encrypted), JSON or YAML that begins with `{`. A later one wins. They stand above every other variable, those that say
 * how to reach a host among them.
 */
export const parseExtraVars = async (words: readonly string[], vault: Vault = vaultOf([])): Promise<Checked<Vars>> => {
  const problems: Problem[] = [];
  const vars = emptyVars();
  for (const word of words.filter((one) => one !== "")) {
    const one = await fromWord(word, vault);
    if (one.kind === "problems") problems.push(...one.problems);
    else Object.assign(vars, one.value);
  }
  return checked(vars, problems);
};

const fromWord = (word: string, vault: Vault): Promise<Checked<Vars>> | Checked<Vars> => {
  if (word.startsWith("@")) return fromFile(word.slice(1), vault);
  if (/^[{[]/.test(word)) return variablesIn({ file: "--extra-vars", text: word }, { vault });
  if (/^[/.]/.test(word)) return refused(`put an @ before the name of a file: -e @FILE`);
  const found = parseKeyValues(word);
  if (found.kind === "fault") return refused(found.because);
  return { kind: "ok", value: mergeVars(Object.fromEntries(found.pairs)) };
};

const fromFile = async (file: string, vault: Vault): Promise<Checked<Vars>> => {
  const text = await readText(fromHome(file));
  return text.kind === "problems" ? text : variablesIn(text.value, { vault });
};

/** The word itself is not shown: it may hold a password. */
const refused = (message: string): Checked<never> => ({
  kind: "problems",
  problems: [problemOf("--extra-vars", message)],
});
