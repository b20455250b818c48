/** What stands in `-e "a=1 b='two words'"`, or why it cannot be taken apart. */
export type KeyValues =
  | { readonly kind: "ok"; readonly pairs: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: "fault"; readonly because: string };

/**
 * Takes Ansible's `k=v k2="v w"` apart: words end at blanks and line ends that do not stand in quotes or in Jinja's
 * brackets. Values are text, without the quotes around them. Ansible leaves out words without `=`; here they are a fault.
 */
export const parseKeyValues = (text: string): KeyValues => {
  const words = splitWords(text);
  if (words === undefined) return fault("a quote or a Jinja bracket is not closed");
  const pairs: (readonly [string, string])[] = [];
  for (const word of words.map(decodeEscapes)) {
    const at = word.indexOf("=", 1);
    const name = word.slice(0, Math.max(at, 0)).trim();
    if (!/^[A-Za-z_]\w*$/.test(name)) return fault("expected NAME=VALUE, @FILE, or JSON or YAML in braces");
    pairs.push([name, unquoted(word.slice(at + 1).trim())]);
  }
  return { kind: "ok", pairs };
};

const brackets = [
  ["{{", "}}"],
  ["{%", "%}"],
  ["{#", "#}"],
] as const;

const splitWords = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  const depths = brackets.map(() => 0);
  let quote = "";
  let separator = "";
  for (const token of text.split(/([ \n])/)) {
    if (token === " " || token === "\n") {
      separator = token;
      continue;
    }
    // a backslash before a line end: the line goes on
    if (token === "\\" && quote === "") continue;
    const inside = quote !== "" || depths.some((depth) => depth > 0);
    if (inside) words.push(`${words.pop() ?? ""}${separator}${token}`);
    else if (token !== "") words.push(token);
    quote = quoteAfter(token, quote);
    brackets.forEach(([open, close], at) => {
      depths[at] = Math.max(0, (depths[at] ?? 0) + count(token, open) - count(token, close));
    });
  }
  return quote === "" && depths.every((depth) => depth === 0) ? words : undefined;
};

/** The quote that is open after this token; one behind a backslash neither opens nor closes. */
const quoteAfter = (token: string, before: string): string => {
  let quote = before;
  for (const [mark] of token.matchAll(/(?<!\\)["']/g))
    if (quote === "") quote = mark;
    else if (quote === mark) quote = "";
  return quote;
};

const count = (text: string, part: string): number => text.split(part).length - 1;

const simple: { readonly [letter: string]: string } = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Python's escapes, but for `\N{NAME}`; a backslash before anything else stays. */
const decodeEscapes = (word: string): string =>
  word.replace(/\\(?:U([\da-fA-F]{8})|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\\'"abfnrtv]))/g, (whole, ...found) => {
    const [long, short, byte, letter] = found as readonly (string | undefined)[];
    if (letter !== undefined) return simple[letter] ?? letter;
    const code = Number.parseInt(long ?? short ?? byte ?? "", 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** Without the quotes around it, unless the last one stands behind a backslash. */
const unquoted = (value: string): string => /^(["'])(.*)(?<!\\)\1$/s.exec(value)?.[2] ?? value;

const fault = (because: string): KeyValues => ({ kind: "fault", because });
