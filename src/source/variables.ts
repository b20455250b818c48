import type { Vars } from "../model/host.ts";
import type { Checked, Position } from "../model/problem.ts";
import { emptyVars, mergeVars } from "../model/vars.ts";
import type { BuildOptions } from "./build.ts";
import type { NamedText } from "./read-text.ts";
import { readYaml } from "./yaml.ts";

/**
 * The variables of a text that holds nothing else: a map in YAML or JSON. Encrypted as a whole it is decrypted first.
 */
export const variablesIn = (source: NamedText, options: BuildOptions): Checked<Vars> => {
  const read = readYaml(source, { ...options, looseKeys: (path) => path.length > 0 });
  if (read.kind === "problems") return read;
  const { value, at } = read.value;
  return isMap(value) ? { kind: "ok", value } : expected(at([]));
};

/** The same for a file of `vars_files`: Ansible takes an empty one, and a list of maps, too. */
export const variablesInFile = (source: NamedText, options: BuildOptions): Checked<Vars> => {
  const read = readYaml(source, {
    ...options,
    looseKeys: (path) => path.length > (typeof path[0] === "number" ? 1 : 0),
  });
  if (read.kind === "problems") return read;
  const { value, at } = read.value;
  const maps: readonly unknown[] = Array.isArray(value) ? value : [value ?? emptyVars()];
  if (maps.every(isMap)) return { kind: "ok", value: mergeVars(...maps) };
  return expected(at(Array.isArray(value) ? [maps.findIndex((one) => !isMap(one))] : []));
};

const expected = (at: Position): Checked<never> => ({
  kind: "problems",
  problems: [{ at, path: "", message: "expected variables: NAME: VALUE on each line" }],
});

/** What YAML can hold is what a variable can hold: the reader gives nothing else. */
const isMap = (value: unknown): value is Vars =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
