import type { Value } from "../model/host.ts";

/** A piece of a Python literal. `refused`: valid in Python, and beyond what a variable can hold here. */
export type Token =
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "word"; readonly value: Value }
  | { readonly kind: "refused"; readonly because: string };

const digits = String.raw`\d(?:_?\d)*`;
const exponent = String.raw`[eE][-+]?${digits}`;
const forms = {
  space: /[ \t\f\r\n]+/y,
  comment: /#[^\n]*$/y,
  fraction: new RegExp(
    String.raw`(?:(?:${digits})?\.${digits}(?:${exponent})?|${digits}\.(?:${exponent})?|${digits}${exponent})(?![\w.])`,
    "y",
  ),
  whole: /(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\d)*|0(?:_?0)*)(?![\w.])/y,
  string:
    /([uUrR]?)(?:'''((?:[^\\]|\\[^])*?)'''|"""((?:[^\\]|\\[^])*?)"""|'(?!'')((?:[^'\\\n]|\\[^])*)'|"(?!"")((?:[^"\\\n]|\\[^])*)")/y,
  bytes: /(?:[bB][rR]?|[rR][bB])(?=['"])/y,
  word: /(?:True|False|None)(?![\w])/y,
  sign: /[-+()[\]{},:]/y,
};

/** The tokens of a Python literal; undefined where the text cannot be one. */
export const pythonTokens = (text: string): readonly Token[] | undefined => {
  const tokens: Token[] = [];
  let at = 0;
  const take = (form: RegExp): RegExpExecArray | undefined => {
    form.lastIndex = at;
    const match = form.exec(text);
    if (match === null) return undefined;
    at = form.lastIndex;
    return match;
  };
  while (at < text.length) {
    if (take(forms.space) !== undefined || take(forms.comment) !== undefined) continue;
    const token = next(take);
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
};

const next = (take: (form: RegExp) => RegExpExecArray | undefined): Token | undefined => {
  const fraction = take(forms.fraction);
  if (fraction !== undefined) return { kind: "number", value: Number(fraction[0].replaceAll("_", "")) };
  const whole = take(forms.whole);
  if (whole !== undefined) return wholeNumber(whole[0].replaceAll("_", ""));
  const bytes = take(forms.bytes);
  const string = take(forms.string);
  if (bytes !== undefined) return string && { kind: "refused", because: "Python bytes (a quote after b)" };
  if (string !== undefined) return stringToken(string);
  const word = take(forms.word);
  if (word !== undefined) return { kind: "word", value: words.get(word[0]) ?? null };
  const sign = take(forms.sign);
  return sign === undefined ? undefined : { kind: "sign", text: sign[0] };
};

const words = new Map<string, Value>([
  ["True", true],
  ["False", false],
]);

const wholeNumber = (text: string): Token => {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return { kind: "number", value };
  return { kind: "refused", because: `a number of ${text.length} characters, too large to be held exactly` };
};

const stringToken = ([, prefix = "", ...bodies]: readonly (string | undefined)[]): Token | undefined => {
  const body = bodies.find((one) => one !== undefined) ?? "";
  if (/[rR]/.test(prefix)) return { kind: "string", value: body };
  if (/(?:^|[^\\])(?:\\\\)*\\N\{/.test(body)) return { kind: "refused", because: "a character by its name (\\N{...})" };
  const value = unescaped(body);
  return value === undefined ? undefined : { kind: "string", value };
};

const simple = new Map([
  ["\n", ""],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

const escapes = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g;

/** Undefined where an escape is not whole: Python takes the text as no literal then. */
const unescaped = (body: string): string | undefined => {
  if ([...body.matchAll(escapes)].some(isBroken)) return undefined;
  return body.replace(escapes, (all, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
    const hex = x ?? u ?? long;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return simple.get(other ?? "") ?? all;
  });
};

const isBroken = ([, , , long = "0", , other = ""]: RegExpExecArray): boolean =>
  Number.parseInt(long, 16) > 0x10ffff || /[xuUN]/.test(other);
