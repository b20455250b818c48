import type { Value } from "../model/host.ts";
import { pythonTokens, type Token } from "./ini-tokens.ts";

/** What a value in an INI inventory stands for: a Python literal, or else its own text. `refused`: a literal that we cannot hold. */
export type Literal =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "text" }
  | { readonly kind: "refused"; readonly because: string };

type Reader = { readonly tokens: readonly Token[]; at: number; depth: number; refused: string | undefined };

const deepest = 100;
const longest = 1_000_000;

/**
 * Reads a value as Ansible does, by the rules of Python's `ast.literal_eval`: numbers (`0o17`, `1_000`), `True`, `False`,
 * `None`, quoted text, lists, tuples (lists here) and dictionaries. `0644`, `yes` and `{{ jinja }}` are text.
 */
export const pythonLiteral = (written: string): Literal => {
  // most values: no literal begins so
  if (!/^[ \t]*[-+.\d'"([{TFNuUrRbB]/.test(written)) return { kind: "text" };
  if (written.length > longest) return { kind: "refused", because: `longer than ${longest} characters` };
  const tokens = pythonTokens(written);
  if (tokens === undefined || tokens.length === 0) return { kind: "text" };
  const reader: Reader = { tokens, at: 0, depth: 0, refused: undefined };
  const value = series(reader, undefined);
  if (reader.refused !== undefined && (value !== undefined || reader.depth > deepest))
    return { kind: "refused", because: reader.refused };
  return value === undefined || reader.at < tokens.length ? { kind: "text" } : { kind: "value", value };
};

// below, undefined: this is no literal

const sign = (reader: Reader): string | undefined => {
  const token = reader.tokens[reader.at];
  return token?.kind === "sign" ? token.text : undefined;
};

const refuse = (reader: Reader, because: string): null => {
  reader.refused ??= because;
  return null;
};

/** `a`, `a,` or `a, b` up to a closing bracket or the end: a comma makes it a tuple. */
const series = (reader: Reader, close: string | undefined): Value | undefined => {
  const items = itemsTo(reader, close);
  if (items === undefined) return undefined;
  const [only] = items.found;
  return only === undefined || items.comma ? items.found : only;
};

const itemsTo = (reader: Reader, close: string | undefined): { found: Value[]; comma: boolean } | undefined => {
  const found: Value[] = [];
  let comma = false;
  while (reader.at < reader.tokens.length && (close === undefined || sign(reader) !== close)) {
    const item = expression(reader);
    if (item === undefined) return undefined;
    found.push(item);
    if (sign(reader) !== ",") break;
    comma = true;
    reader.at += 1;
  }
  return closes(reader, close) ? { found, comma } : undefined;
};

/** True at the wanted bracket, which is taken; at the end of the text where none is wanted. */
const closes = (reader: Reader, close: string | undefined): boolean => {
  if (close === undefined) return reader.at === reader.tokens.length;
  if (sign(reader) !== close) return false;
  reader.at += 1;
  return true;
};

const expression = (reader: Reader): Value | undefined => {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  switch (token?.kind) {
    case undefined:
      return undefined;
    case "refused":
      return refuse(reader, token.because);
    case "number":
    case "word":
      return token.value;
    case "string":
      return token.value + moreStrings(reader);
    case "sign":
      return token.text === "-" || token.text === "+" ? signed(reader, token.text) : bracketed(reader, token.text);
  }
};

/** Quoted texts beside each other are one. */
const moreStrings = (reader: Reader): string => {
  let more = "";
  for (let token = reader.tokens[reader.at]; token?.kind === "string"; token = reader.tokens[reader.at]) {
    more += token.value;
    reader.at += 1;
  }
  return more;
};

const signed = (reader: Reader, by: string): Value | undefined => {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token?.kind === "refused") return refuse(reader, token.because);
  if (token?.kind !== "number") return undefined;
  // 0 - 0 is 0, as in Python; a minus would make -0
  return by === "-" ? 0 - token.value : token.value;
};

const bracketed = (reader: Reader, open: string): Value | undefined => {
  reader.depth += 1;
  if (reader.depth > deepest) {
    refuse(reader, `nested more than ${deepest} levels deep`);
    return undefined;
  }
  const value = inBrackets(reader, open);
  // what lies too deep is told, whatever follows
  if (reader.depth <= deepest) reader.depth -= 1;
  return value;
};

const inBrackets = (reader: Reader, open: string): Value | undefined => {
  switch (open) {
    case "(":
      return series(reader, ")");
    case "[":
      return itemsTo(reader, "]")?.found;
    case "{":
      return map(reader);
    default:
      return undefined;
  }
};

const map = (reader: Reader): Value | undefined => {
  const entries = new Map<string, Value>();
  const signs = new Set<string>();
  while (reader.at < reader.tokens.length && sign(reader) !== "}") {
    const key = expression(reader);
    if (key === undefined) return undefined;
    const pair = sign(reader) === ":";
    signs.add(pair ? ":" : ",");
    const value = pair ? entryValue(reader) : refuse(reader, "a Python set");
    if (value === undefined) return undefined;
    entries.set(keyText(reader, key), value);
    if (sign(reader) !== ",") break;
    reader.at += 1;
  }
  // a mixture of set and dictionary is neither
  return signs.size < 2 && closes(reader, "}") ? asMap(entries) : undefined;
};

const keyText = (reader: Reader, key: Value): string => {
  if (typeof key !== "object" || key === null) return String(key);
  refuse(reader, "a dictionary with a key that is no word and no number");
  return "";
};

const entryValue = (reader: Reader): Value | undefined => {
  reader.at += 1;
  return expression(reader);
};

const asMap = (entries: ReadonlyMap<string, Value>): Value => {
  const result = Object.create(null) as Record<string, Value>;
  for (const [name, value] of entries) result[name] = value;
  return result;
};
