import { flowTree } from "./flow-tree.ts";
import {
  aliasTree,
  endOfLine,
  type Line,
  nextLine,
  plainTree,
  quotedTree,
  type Reader,
  scalarTree,
} from "./line-reader.ts";
import { literalTree } from "./literal-tree.ts";
import type { Entry, Tree } from "./tree.ts";

/**
 * The tree of a YAML text that is written plainly, as nearly all inventories are: block maps and lists, plain and quoted
 * words, flow maps and lists on one line, `|` texts. Undefined for anything else, valid or not: `yamlTree` reads that. What
 * both can read is the same tree; this one takes a tenth of the time.
 */
export const blockTree = (text: string): Tree | undefined => {
  if (/[\t\r\x85\u2028\u2029\ufeff]/.test(text)) return undefined;
  const reader: Reader = { text, next: 0, depth: 0 };
  let first = nextLine(reader);
  if (first?.indent === 0 && /^--- *(?: #.*)?$/.test(text.slice(first.start, first.end))) {
    reader.next = first.end + 1;
    first = nextLine(reader);
  }
  if (first?.indent !== 0) return undefined;
  const tree = block(reader, first);
  return nextLine(reader) === undefined ? tree : undefined;
};

const block = (reader: Reader, line: Line): Tree | undefined =>
  isItem(reader, line.start) ? list(reader, line) : map(reader, line.start, line.indent);

const isItem = ({ text }: Reader, at: number): boolean =>
  text[at] === "-" && (at + 1 === text.length || text[at + 1] === " " || text[at + 1] === "\n");

const key = /(?:((?:[A-Za-z0-9_]|<<(?=:))[^\s]{0,300}?)|"([^"\\\n]{0,300})"|'([^'\n]{0,300})'):(?= |\n|$)/y;

const map = (reader: Reader, offset: number, column: number): Tree | undefined => {
  const entries: Entry[] = [];
  let at = offset;
  for (;;) {
    key.lastIndex = at;
    const found = key.exec(reader.text);
    if (found === null) return undefined;
    const name = scalarTree(at, found[1] ?? found[2] ?? found[3] ?? "", found[1] !== undefined);
    const value = valueAt(reader, { from: at + found[0].length, column, listBeside: true });
    if (value === undefined) return undefined;
    entries.push({ key: name, value });
    const line = nextLine(reader);
    if (line === undefined || line.indent < column) break;
    if (line.indent > column) return undefined;
    at = line.start;
  }
  return { kind: "map", offset, tag: undefined, anchor: undefined, entries };
};

const list = (reader: Reader, first: Line): Tree | undefined => {
  const items: Tree[] = [];
  let line: Line | undefined = first;
  while (line?.indent === first.indent && isItem(reader, line.start)) {
    const item = listItem(reader, line);
    if (item === undefined) return undefined;
    items.push(item);
    line = nextLine(reader);
  }
  if (line !== undefined && line.indent > first.indent) return undefined;
  return { kind: "list", offset: first.start, tag: undefined, anchor: undefined, items };
};

const listItem = (reader: Reader, line: Line): Tree | undefined => {
  const at = afterSpaces(reader.text, line.start + 1);
  key.lastIndex = at;
  if (key.test(reader.text)) return inside(reader, () => map(reader, at, line.indent + at - line.start));
  return isItem(reader, at)
    ? undefined
    : valueAt(reader, { from: line.start + 1, column: line.indent, listBeside: false });
};

type Spot = { readonly from: number; readonly column: number; readonly listBeside: boolean };

const anchor = /&([A-Za-z0-9_-]+)(?= |\n|$)/y;

/** The value after a colon or a dash: on the same line, on the deeper lines that follow, or nothing. */
const valueAt = (reader: Reader, spot: Spot): Tree | undefined => {
  const { text } = reader;
  const at = afterSpaces(text, spot.from);
  if (text[at] !== "&") return contentAt(reader, at, spot);
  anchor.lastIndex = at;
  const name = anchor.exec(text)?.[1];
  if (name === undefined) return undefined;
  const tree = contentAt(reader, afterSpaces(text, at + 1 + name.length), { ...spot, listBeside: false });
  // an alias has no anchor, and that of nothing is rare
  return tree === undefined || tree.kind === "alias" || isNothing(tree) ? undefined : { ...tree, anchor: name };
};

const isNothing = (tree: Tree): boolean => tree.kind === "scalar" && tree.plain && tree.text === "";

const afterSpaces = (text: string, from: number): number => {
  let at = from;
  while (text[at] === " ") at += 1;
  return at;
};

const contentAt = (reader: Reader, at: number, spot: Spot): Tree | undefined => {
  const { text } = reader;
  if (at >= text.length || text[at] === "\n" || text[at] === "#") return valueBelow(reader, at, spot);
  const tree = inside(reader, () => inlineValue(reader, at, spot.column));
  if (tree === undefined || text[at] === "|" || text[at] === "!") return tree;
  const following = nextLine(reader);
  // the line goes on with this value, or is out of place
  return following !== undefined && following.indent > spot.column ? undefined : tree;
};

const inlineValue = (reader: Reader, at: number, column: number): Tree | undefined => {
  switch (reader.text[at]) {
    case '"':
    case "'":
      return quotedTree(reader, at);
    case "{":
    case "[":
      return flowTree(reader, at);
    case "*":
      return aliasTree(reader, at);
    case "|":
    case "!":
      return literalTree(reader, at, column);
    default:
      return plainTree(reader, at);
  }
};

const valueBelow = (reader: Reader, from: number, { column, listBeside }: Spot): Tree | undefined => {
  reader.next = endOfLine(reader.text, from) + 1;
  const line = nextLine(reader);
  const below = line !== undefined && line.indent > column;
  const beside = line?.indent === column && listBeside && isItem(reader, line.start);
  if (line === undefined || (!below && !beside)) return scalarTree(from, "", true);
  return inside(reader, () => block(reader, line));
};

const inside = (reader: Reader, read: () => Tree | undefined): Tree | undefined => {
  reader.depth += 1;
  const tree = reader.depth > 90 ? undefined : read();
  reader.depth -= 1;
  return tree;
};
