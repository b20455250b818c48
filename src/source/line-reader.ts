import type { Scalar, Tree } from "./tree.ts";

/** `next`: where the first line begins that is not read yet. */
export type Reader = { readonly text: string; next: number; depth: number };
/** A line with content: the offsets of its first character after the indent, and of its end. */
export type Line = { readonly indent: number; readonly start: number; readonly end: number };

export const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
};

/** The first line from `next` on that is neither empty nor a comment; it stays unread. */
export const nextLine = (reader: Reader): Line | undefined => {
  const { text } = reader;
  let begin = reader.next;
  while (begin < text.length) {
    let start = begin;
    while (text[start] === " ") start += 1;
    const end = endOfLine(text, start);
    if (start < end && text[start] !== "#") {
      reader.next = begin;
      return { indent: start - begin, start, end };
    }
    begin = end + 1;
  }
  reader.next = text.length;
  return undefined;
};

export const scalarTree = (offset: number, text: string, plain: boolean): Scalar => ({
  kind: "scalar",
  offset,
  tag: undefined,
  anchor: undefined,
  text,
  plain,
  written: text,
});

const restOfLine = / *(?: #.*)?(?:\n|$)/y;

/** Takes what may follow a value on its line: space and a comment. False where there is more. */
export const takeRest = (reader: Reader, at: number): boolean => {
  restOfLine.lastIndex = at;
  if (!restOfLine.test(reader.text)) return false;
  reader.next = restOfLine.lastIndex;
  return true;
};

// so many escapes: more would exhaust the stack of the regular expression, and are left to the library
const quoted = /"([^"\\\n]*(?:\\["\\nt][^"\\\n]*){0,1000})"|'([^'\n]*(?:''[^'\n]*){0,1000})'(?!')/y;

/** A text in quotes on one line, with the escapes of every day; `end` is the offset after it. */
export const quotedAt = (text: string, at: number): { readonly tree: Scalar; readonly end: number } | undefined => {
  quoted.lastIndex = at;
  const found = quoted.exec(text);
  if (found === null) return undefined;
  const [whole, double, single = ""] = found;
  const value = double === undefined ? single.replaceAll("''", "'") : unescaped(whole, double);
  return { tree: scalarTree(at, value, false), end: quoted.lastIndex };
};

/** The escapes that the form takes are JSON's too. */
const unescaped = (whole: string, inside: string): string =>
  inside.includes("\\") ? (JSON.parse(whole) as string) : inside;

export const quotedTree = (reader: Reader, at: number): Tree | undefined => {
  const found = quotedAt(reader.text, at);
  return found !== undefined && takeRest(reader, found.end) ? found.tree : undefined;
};

/** Without the spaces at its end; one by one, as a pattern for them would try each run of spaces within the text. */
export const withoutEnd = (text: string): string => {
  let end = text.length;
  while (text[end - 1] === " ") end -= 1;
  return text.slice(0, end);
};

const plain = /(?:[A-Za-z0-9_/.~$+(]|-(?=[^ \n]))[^\n]*/y;

/** A plain word or words to the end of the line or a comment. */
export const plainTree = (reader: Reader, at: number): Tree | undefined => {
  plain.lastIndex = at;
  const found = plain.exec(reader.text)?.[0];
  if (found === undefined) return undefined;
  const comment = found.indexOf(" #");
  const text = withoutEnd(comment < 0 ? found : found.slice(0, comment));
  if (text.includes(": ") || text.endsWith(":")) return undefined;
  reader.next = at + found.length + 1;
  return scalarTree(at, text, true);
};

const alias = /\*([A-Za-z0-9_-]+)/y;

/** `*name`. */
export const aliasAt = (text: string, at: number): { readonly tree: Tree; readonly end: number } | undefined => {
  alias.lastIndex = at;
  const name = alias.exec(text)?.[1];
  if (name === undefined) return undefined;
  return { tree: { kind: "alias", offset: at, tag: undefined, anchor: undefined, name }, end: alias.lastIndex };
};

export const aliasTree = (reader: Reader, at: number): Tree | undefined => {
  const found = aliasAt(reader.text, at);
  return found !== undefined && takeRest(reader, found.end) ? found.tree : undefined;
};
