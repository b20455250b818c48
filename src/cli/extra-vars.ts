import { isNonEmpty } from "../model/brand.ts";
import type { Vars } from "../model/host.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { readText } from "../source/read-text.ts";
import { readYaml } from "../source/yaml.ts";

/** `NAME=VALUE` (the value is text) or `@FILE` (YAML); a later one wins. Connection variables belong in the inventory. */
export const parseExtraVars = async (words: readonly string[]): Promise<Checked<Vars>> => {
  const problems: Problem[] = [];
  const vars: Record<string, Vars[string]> = Object.create(null) as Record<string, Vars[string]>;
  for (const word of words) {
    const one = word.startsWith("@") ? await fromFile(word.slice(1)) : fromWord(word);
    if (one.kind === "problems") problems.push(...one.problems);
    else Object.assign(vars, one.value);
  }
  for (const name of Object.keys(vars))
    if (/^(ansible|ctfleet)_/.test(name))
      problems.push(problem(`${name} says how to reach a host: set it in the inventory`));
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: vars };
};

const fromWord = (word: string): Checked<Vars> => {
  const found = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
  if (found?.[1] === undefined || found[2] === undefined)
    return { kind: "problems", problems: [problem(`expected NAME=VALUE or @FILE, found ${JSON.stringify(word)}`)] };
  return { kind: "ok", value: Object.assign(Object.create(null) as Vars, { [found[1]]: found[2] }) };
};

const fromFile = async (file: string): Promise<Checked<Vars>> => {
  const text = await readText(file);
  if (text.kind === "problems") return text;
  const yaml = readYaml(text.value);
  if (yaml.kind === "problems") return yaml;
  const { value } = yaml.value;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { kind: "ok", value: value as Vars };
  const at = yaml.value.at([]);
  return { kind: "problems", problems: [{ at, path: "", message: "expected variables: NAME: VALUE on each line" }] };
};

const problem = (message: string): Problem => ({ at: { file: "--extra-vars", line: 0, column: 0 }, path: "", message });
