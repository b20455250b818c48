import { aliasAt, quotedAt, type Reader, scalarTree, takeRest, withoutEnd } from "./line-reader.ts";
import type { Entry, Tree } from "./tree.ts";

type Part = { readonly tree: Tree; readonly end: number };

/** `{ a: 1, b: [x, y] }` on one line. Undefined for what is not written plainly. */
export const flowTree = (reader: Reader, at: number): Tree | undefined => {
  const part = valuePart(reader.text, at, 0);
  return part !== undefined && takeRest(reader, part.end) ? part.tree : undefined;
};

const deepest = 9;

const valuePart = (text: string, at: number, depth: number): Part | undefined => {
  if (depth > deepest) return undefined;
  switch (text[at]) {
    case "{":
      return mapPart(text, at, depth);
    case "[":
      return listPart(text, at, depth);
    case "*":
      return aliasAt(text, at);
    default:
      return scalarPart(text, at);
  }
};

const plain = /(?:[A-Za-z0-9_/.~$+(]|-(?=[A-Za-z0-9]))[^,[\]{}\n:#]*(?::(?=[^\s,[\]{}])[^,[\]{}\n:#]*){0,100}/y;

const scalarPart = (text: string, at: number): Part | undefined => {
  if (text[at] === '"' || text[at] === "'") return quotedAt(text, at);
  plain.lastIndex = at;
  const found = plain.exec(text)?.[0];
  if (found === undefined) return undefined;
  const word = withoutEnd(found);
  return { tree: scalarTree(at, word, true), end: at + word.length };
};

const space = / */y;
const afterSpace = (text: string, at: number): number => {
  space.lastIndex = at;
  space.test(text);
  return space.lastIndex;
};

const listPart = (text: string, offset: number, depth: number): Part | undefined => {
  const items: Tree[] = [];
  let at = afterSpace(text, offset + 1);
  for (let first = true; first || text[at] !== "]"; first = false) {
    if (first && text[at] === "]") break;
    const item = valuePart(text, at, depth + 1);
    if (item === undefined) return undefined;
    items.push(item.tree);
    at = nextPart(text, item.end, "]") ?? -1;
    if (at < 0) return undefined;
  }
  return { tree: { kind: "list", offset, tag: undefined, anchor: undefined, items }, end: at + 1 };
};

/** The offset of the next part after a comma, or of the closing bracket. */
const nextPart = (text: string, from: number, close: string): number | undefined => {
  const at = afterSpace(text, from);
  if (text[at] === close) return at;
  if (text[at] !== ",") return undefined;
  const next = afterSpace(text, at + 1);
  return text[next] === close ? undefined : next;
};

const mapPart = (text: string, offset: number, depth: number): Part | undefined => {
  const entries: Entry[] = [];
  let at = afterSpace(text, offset + 1);
  while (text[at] !== "}") {
    const entry = entryPart(text, at, depth);
    if (entry === undefined) return undefined;
    entries.push(entry.entry);
    at = nextPart(text, entry.end, "}") ?? -1;
    if (at < 0) return undefined;
  }
  return { tree: { kind: "map", offset, tag: undefined, anchor: undefined, entries }, end: at + 1 };
};

const entryPart = (text: string, at: number, depth: number): { entry: Entry; end: number } | undefined => {
  const key = scalarPart(text, at);
  if (key === undefined || key.end - at > 300 || text[key.end] !== ":" || text[key.end + 1] !== " ") return undefined;
  const value = valuePart(text, afterSpace(text, key.end + 1), depth + 1);
  return value === undefined ? undefined : { entry: { key: key.tree, value: value.tree }, end: value.end };
};
