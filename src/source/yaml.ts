import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { type Checked, type Position, type Problem, problemOf } from "../model/problem.ts";
import { type BuildOptions, build } from "./build.ts";
import { finders } from "./finders.ts";
import { jsonTree } from "./json-tree.ts";
import { places } from "./place.ts";
import { type Path, pathText } from "./tree.ts";
import { vaultOf } from "./vault.ts";
import { isVaultText } from "./vault-text.ts";
import { mostCharacters, type Parsed, tooLong, yamlTree } from "./yaml-tree.ts";

export type YamlDocument = {
  /** Null-prototype objects, arrays, strings, numbers, booleans, null, `Vaulted`. What aliases name is shared: read only. */
  readonly value: unknown;
  /** Where the value stands, or its nearest ancestor that exists. */
  readonly at: (path: Path) => Position;
  /** Where the key stands that leads to the value. */
  readonly keyAt: (path: Path) => Position;
  /** A scalar as it is written (`022`, where its value is 18); undefined where there is none. */
  readonly written: (path: Path) => string | undefined;
};

type Source = { readonly file: string; readonly text: string };
type Found = { readonly offset: number; readonly path?: Path; readonly message: string };

const mostProblems = 100;

/**
 * Reads one YAML 1.1 document as Ansible's reader does, or gives every problem: syntax, duplicate keys, keys that are not
 * text, tags, several documents, cycles and bombs made of aliases, too deep or too large a text. Never throws. A text that
 * ansible-vault encrypted as a whole is decrypted first; its texts and numbers come as `Vaulted`.
 */
export const readYaml = (source: Source, options: BuildOptions = {}): Checked<YamlDocument> =>
  readDocument(source, options, anyTree);

/** Reads one JSON text as strictly as Python does; otherwise the same as `readYaml`. */
export const readJson = (source: Source, options: BuildOptions = {}): Checked<YamlDocument> =>
  readDocument(source, options, strictTree);

const readDocument = (
  source: Source,
  options: BuildOptions,
  treeOf: (text: string) => Parsed,
): Checked<YamlDocument> => {
  const encrypted = isVaultText(source.text);
  const opened = encrypted ? (options.vault ?? vaultOf([])).decrypt(source.text) : undefined;
  // what is told of a file begins with its name
  if (opened?.kind === "fault")
    return { kind: "problems", problems: [problemOf(source.file, opened.because.replace(/^it /, ""))] };
  const text = String(opened?.plain ?? source.text).replace(/^\uFEFF/, "");
  const place = places({ file: source.file, text });
  const problems = (found: NonEmpty<Found>): NonEmpty<Problem> => {
    const [first, ...rest] = capped(found);
    return [problem(first), ...rest.map(problem)];
  };
  const problem = (one: Found): Problem => ({
    at: place(one.offset),
    path: pathText(one.path ?? []),
    message: one.message,
  });
  const parsed = treeOf(text);
  if ("found" in parsed) return { kind: "problems", problems: problems(parsed.found) };
  const built = build(parsed.tree, options, { place, encrypted });
  if (isNonEmpty(built.found)) return { kind: "problems", problems: problems(built.found) };
  return { kind: "ok", value: { value: built.value, ...finders(parsed.tree, built.targets, place) } };
};

const capped = (found: NonEmpty<Found>): NonEmpty<Found> => {
  const [first, ...rest] = found;
  const next = found[mostProblems];
  if (next === undefined) return found;
  const more = { offset: next.offset, message: `and ${found.length - mostProblems} more problems` };
  return [first, ...rest.slice(0, mostProblems - 1), more];
};

/** JSON first, as Ansible does: `1e3` is a number there. */
const anyTree = (text: string): Parsed => {
  const json = /^\s*[[{]/.test(text) ? strictTree(text) : undefined;
  return json !== undefined && "tree" in json ? json : yamlTree(text);
};

const strictTree = (text: string): Parsed => {
  if (text.length > mostCharacters) return { found: [tooLong] };
  const json = jsonTree(text);
  return "tree" in json ? json : { found: [json.fault] };
};
