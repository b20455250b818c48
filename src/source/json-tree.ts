import type { Entry, Tree } from "./tree.ts";
import { visible } from "./visible.ts";

type Fault = { readonly offset: number; readonly message: string };
type Reader = { readonly text: string; at: number; depth: number; fault: Fault | undefined };

const deepest = 100;
const forms = {
  space: /[ \t\n\r]*/y,
  plainString: /"([^"\\\x00-\x1f]*)"/y,
  characters: /[^"\\\x00-\x1f]*/y,
  escape: /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y,
  word: /true|false|null|NaN|-?Infinity/y,
};

/**
 * The tree of a JSON text (what Python's `json` takes: `NaN` and `Infinity` too), or the first thing that is wrong. Its
 * scalars are written as YAML writes them, so that both have one meaning.
 */
export const jsonTree = (text: string): { readonly tree: Tree } | { readonly fault: Fault } => {
  const reader: Reader = { text, at: 0, depth: 0, fault: undefined };
  const tree = value(reader);
  if (tree !== undefined && next(reader) !== "") wrong(reader, "the end of the text");
  if (tree === undefined || reader.fault !== undefined) return { fault: reader.fault ?? { offset: 0, message: "" } };
  return { tree };
};

const wrong = (reader: Reader, expected: string): void => {
  const found = reader.text.slice(reader.at, reader.at + 1);
  const what = found === "" ? "the text ends here" : `"${visible(found)}" stands here`;
  reader.fault ??= { offset: reader.at, message: `not valid JSON: ${what}; ${expected} is expected` };
};

/** The next character after space; empty at the end. */
const next = (reader: Reader): string => {
  forms.space.lastIndex = reader.at;
  forms.space.exec(reader.text);
  reader.at = forms.space.lastIndex;
  return reader.text.charAt(reader.at);
};

const take = (reader: Reader, form: RegExp): RegExpExecArray | undefined => {
  form.lastIndex = reader.at;
  const match = form.exec(reader.text);
  if (match === null) return undefined;
  reader.at = form.lastIndex;
  return match;
};

const value = (reader: Reader): Tree | undefined => {
  const offset = (next(reader), reader.at);
  switch (reader.text.charAt(offset)) {
    case "{":
      return inside(reader, () => map(reader, offset));
    case "[":
      return inside(reader, () => list(reader, offset));
    case '"':
      return string(reader);
    default:
      return plain(reader, offset);
  }
};

const inside = (reader: Reader, read: () => Tree | undefined): Tree | undefined => {
  reader.depth += 1;
  if (reader.depth > deepest) {
    reader.fault ??= { offset: reader.at, message: `nested more than ${deepest} levels deep here` };
    return undefined;
  }
  reader.at += 1;
  const tree = read();
  reader.depth -= 1;
  return tree;
};

const map = (reader: Reader, offset: number): Tree | undefined => {
  const entries: Entry[] = [];
  if (next(reader) === "}") reader.at += 1;
  else
    for (let more = true; more; ) {
      const entry = keyAndValue(reader);
      if (entry === undefined) return undefined;
      entries.push(entry);
      const end = follows(reader, "}");
      if (end === undefined) return undefined;
      more = end === ",";
    }
  return unsafeText(entries) ?? { kind: "map", offset, tag: undefined, anchor: undefined, entries };
};

const keyAndValue = (reader: Reader): Entry | undefined => {
  if (next(reader) !== '"') {
    wrong(reader, "a key in double quotes");
    return undefined;
  }
  const key = string(reader);
  if (key === undefined) return undefined;
  if (next(reader) !== ":") {
    wrong(reader, '":"');
    return undefined;
  }
  reader.at += 1;
  const one = value(reader);
  return one === undefined ? undefined : { key, value: one };
};

const list = (reader: Reader, offset: number): Tree | undefined => {
  const items: Tree[] = [];
  if (next(reader) === "]") reader.at += 1;
  else
    for (let more = true; more; ) {
      const item = value(reader);
      if (item === undefined) return undefined;
      items.push(item);
      const end = follows(reader, "]");
      if (end === undefined) return undefined;
      more = end === ",";
    }
  return { kind: "list", offset, tag: undefined, anchor: undefined, items };
};

/** Takes a comma or the closing bracket. */
const follows = (reader: Reader, close: string): string | undefined => {
  const found = next(reader);
  if (found !== "," && found !== close) {
    wrong(reader, `"," or "${close}"`);
    return undefined;
  }
  reader.at += 1;
  return found;
};

const string = (reader: Reader): Tree | undefined => {
  const offset = reader.at;
  const simple = take(reader, forms.plainString);
  if (simple?.[1] !== undefined) return scalar(offset, { text: simple[1], plain: false, written: simple[1] });
  if (!takeString(reader)) {
    reader.at = offset;
    wrong(reader, "text in double quotes, closed, without line breaks and odd escapes,");
    return undefined;
  }
  const text = JSON.parse(reader.text.slice(offset, reader.at)) as string;
  return scalar(offset, { text, plain: false, written: text });
};

/** Piece by piece: one pattern for all would exhaust its stack where there are millions of escapes. */
const takeString = (reader: Reader): boolean => {
  reader.at += 1;
  do take(reader, forms.characters);
  while (take(reader, forms.escape) !== undefined);
  reader.at += 1;
  return reader.text[reader.at - 1] === '"';
};

const plain = (reader: Reader, offset: number): Tree | undefined => {
  const word = take(reader, forms.word);
  if (word !== undefined)
    return scalar(offset, { text: yamlWords.get(word[0]) ?? word[0], plain: true, written: word[0] });
  const number = take(reader, forms.number);
  if (number === undefined) {
    wrong(reader, "a value");
    return undefined;
  }
  return scalar(offset, { text: yamlNumber(number[0]), plain: true, written: number[0] });
};

const yamlWords = new Map([
  ["NaN", ".nan"],
  ["Infinity", ".inf"],
  ["-Infinity", "-.inf"],
]);

/** `1e3` is a number in JSON and text in YAML 1.1, where `1.0e+3` is the number. */
const yamlNumber = (text: string): string => text.replace(/^(-?\d+)(?=[eE])/, "$1.0").replace(/([eE])(?=\d)/, "$1+");

const scalar = (offset: number, parts: { text: string; plain: boolean; written: string }): Tree => ({
  kind: "scalar",
  offset,
  tag: undefined,
  anchor: undefined,
  ...parts,
});

/** `{"__ansible_unsafe": "..."}`: what Ansible prints for text that must not be taken for a template. */
const unsafeText = ([first, ...others]: readonly Entry[]): Tree | undefined => {
  if (first === undefined || others.length > 0) return undefined;
  const { key, value: text } = first;
  return key.kind === "scalar" && key.text === "__ansible_unsafe" && text.kind === "scalar" ? text : undefined;
};
