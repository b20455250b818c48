import { Composer, isAlias, isMap, isScalar, isSeq, type ParsedNode, Parser } from "yaml";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import { blockTree } from "./block-tree.ts";
import type { Tree } from "./tree.ts";

type Token = ReturnType<Parser["parse"]> extends Iterable<infer One> ? One : never;
type Found = { readonly offset: number; readonly message: string };

export const mostCharacters = 16 * 1024 * 1024;
export const tooLong: Found = { offset: 0, message: `the text is longer than ${mostCharacters} characters` };
const deepest = 100;

/** What PyYAML takes for a character of a stream. */
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export type Parsed = { readonly tree: Tree } | { readonly found: NonEmpty<Found> };

/** The parts of one YAML 1.1 document, or what is wrong with its syntax. */
export const yamlTree = (text: string): Parsed => {
  if (text.length > mostCharacters) return { found: [tooLong] };
  const odd = unprintable.exec(text);
  if (odd !== null) return { found: [{ offset: odd.index, message: `${codePoint(odd[0])} may not stand in YAML` }] };
  const plain = blockTree(text);
  return plain === undefined ? libraryTree(text) : { tree: plain };
};

/** The same by the `yaml` library, which knows all of YAML and takes ten times as long. */
export const libraryTree = (text: string): Parsed => {
  const tokens: Token[] = [...new Parser().parse(text)];
  const deep = firstTooDeep(tokens);
  if (deep !== undefined) return { found: [{ offset: deep, message: `nested more than ${deepest} levels deep here` }] };
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

/** Some of the library's messages end in the text that they are about, behind a colon: it may be a password. */
const withoutSource = (message: string): string => message.replace(/: .*$/s, "");

/** Offset of the first collection that lies too deep. A stack of our own: what comes after this is recursive. */
const firstTooDeep = (tokens: readonly Token[]): number | undefined => {
  const open: { token: Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  const first: number[] = [];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { token, depth } = one;
    if (depth > deepest) first.push(token.offset);
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

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
