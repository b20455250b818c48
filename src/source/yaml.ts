import { Composer, isAlias, isMap, isScalar, isSeq, type ParsedNode, Parser } from "yaml";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Checked, Position, Problem } from "../model/problem.ts";
import { type BuildOptions, build } from "./build.ts";
import { finders } from "./finders.ts";
import { places } from "./place.ts";
import { type Path, pathText, type Tree } from "./tree.ts";

export type YamlDocument = {
  /** Null-prototype objects, arrays, strings, numbers, booleans, null. Parts that aliases name are shared: read only. */
  readonly value: unknown;
  /** Where the value stands, or its nearest ancestor that exists. */
  readonly at: (path: Path) => Position;
  /** Where the key stands that leads to the value. */
  readonly keyAt: (path: Path) => Position;
  /** A scalar as it is written (`022`, where its value is 18); undefined where there is none. */
  readonly written: (path: Path) => string | undefined;
};

type Token = ReturnType<Parser["parse"]> extends Iterable<infer One> ? One : never;
type Found = { readonly offset: number; readonly path?: Path; readonly message: string };

const limits = { characters: 16 * 1024 * 1024, depth: 100, problems: 100 };

/** What PyYAML takes for a character of a stream. */
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * Reads one YAML 1.1 document as Ansible's reader does, or gives every problem: syntax, duplicate keys, keys that are not
 * text, tags, several documents, cycles and bombs made of aliases, too deep or too large a text. Never throws.
 */
export const readYaml = (
  source: { readonly file: string; readonly text: string },
  options: BuildOptions = {},
): Checked<YamlDocument> => {
  const text = source.text.replace(/^\uFEFF/, "");
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
  const parsed = parse(text);
  if ("found" in parsed) return { kind: "problems", problems: problems(parsed.found) };
  const built = build(parsed.tree, options);
  if (isNonEmpty(built.found)) return { kind: "problems", problems: problems(built.found) };
  return { kind: "ok", value: { value: built.value, ...finders(parsed.tree, built.targets, place) } };
};

type Parsed = { readonly tree: Tree } | { readonly found: NonEmpty<Found> };

const parse = (text: string): Parsed => {
  if (text.length > limits.characters)
    return { found: [{ offset: 0, message: `the text is longer than ${limits.characters} characters` }] };
  const odd = unprintable.exec(text);
  if (odd !== null) return { found: [{ offset: odd.index, message: `${codePoint(odd[0])} may not stand in YAML` }] };
  const tokens: Token[] = [...new Parser().parse(text)];
  const deep = firstTooDeep(tokens);
  if (deep !== undefined)
    return { found: [{ offset: deep, message: `nested more than ${limits.depth} levels deep here` }] };
  return compose(tokens);
};

const compose = (tokens: readonly Token[]): Parsed => {
  // failsafe: every scalar stays text, and its meaning in YAML 1.1 is ours; unique keys are checked there too (theirs is quadratic)
  const options = {
    version: "1.1",
    schema: "failsafe",
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
  } as const;
  const documents = [...new Composer(options).compose(tokens)];
  const found: Found[] = documents.flatMap((one) =>
    one.errors.map((error) => ({ offset: error.pos[0], message: `not valid YAML: ${withoutSource(error.message)}` })),
  );
  const [first, second] = documents;
  if (second !== undefined)
    found.push({ offset: second.range[0], message: "a second document begins here; a file holds one" });
  return isNonEmpty(found) ? { found } : { tree: toTree(first?.contents ?? null, 0) };
};

/** Some of the library's messages end in the text that they are about, which may be a password. */
const withoutSource = (message: string): string => message.replace(/: ".*$/s, "");

/** Offset of the first collection that lies too deep. A stack of our own: what comes after this is recursive. */
const firstTooDeep = (tokens: readonly Token[]): number | undefined => {
  const open: { token: Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  const first: number[] = [];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { token, depth } = one;
    if (depth > limits.depth) first.push(token.offset);
    else if (token.type === "document") push(open, token.value, depth);
    else if ("items" in token)
      for (const item of token.items) {
        push(open, item.key, depth + 1);
        push(open, item.value, depth + 1);
      }
  }
  return first.length > 0 ? first.reduce((least, offset) => Math.min(least, offset)) : undefined;
};

const push = (open: { token: Token; depth: number }[], token: Token | null | undefined, depth: number): void => {
  if (token !== null && token !== undefined) open.push({ token, depth });
};

/** Our own tree of a node. Written out for each kind: spreading a common head costs a third of the whole reading. */
const toTree = (node: ParsedNode | null, near: number): Tree => {
  if (node === null) return nothing(near);
  const offset = node.range[0];
  if (isScalar(node)) {
    const { tag, anchor, source } = node;
    return {
      kind: "scalar",
      offset,
      tag,
      anchor,
      text: String(node.value),
      plain: node.type === "PLAIN",
      written: source,
    };
  }
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => ({
      key: toTree(key, offset),
      value: toTree(value, key.range[0]),
    }));
    return { kind: "map", offset, tag: node.tag, anchor: node.anchor, entries };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => toTree(item, offset));
    return { kind: "list", offset, tag: node.tag, anchor: node.anchor, items };
  }
  if (!isAlias(node)) throw new Error("a YAML node of an unknown kind");
  return { kind: "alias", offset, tag: undefined, anchor: undefined, name: node.source };
};

const nothing = (offset: number): Tree => ({
  kind: "scalar",
  offset,
  tag: undefined,
  anchor: undefined,
  text: "",
  plain: true,
  written: "",
});

const capped = (found: NonEmpty<Found>): NonEmpty<Found> => {
  const [first, ...rest] = found;
  const next = found[limits.problems];
  if (next === undefined) return found;
  const more = { offset: next.offset, message: `and ${found.length - limits.problems} more problems` };
  return [first, ...rest.slice(0, limits.problems - 1), more];
};

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
