/** A line of ssh_config that says something, cut as OpenSSH cuts it. Columns count from 1. */
export type Line = {
  /** In lower case. */
  readonly keyword: string;
  /** As it is written, for messages. */
  readonly written: string;
  readonly column: number;
  /** Everything after the keyword, as it stands. */
  readonly rest: string;
  readonly restColumn: number;
  /** `rest` as words, without quotes and comment. */
  readonly words: readonly string[];
};

export type LineFault = { readonly column: number; readonly message: string };

/** The line's keyword and words; undefined where it is empty or a comment; a string for what OpenSSH refuses. */
export const cutLine = (line: string): Line | LineFault | undefined => {
  const text = endOf(line);
  const first = nextWord(text);
  const named = first.word === "" && first.rest !== undefined ? nextWord(first.rest) : first;
  if (named.word === undefined || named.word === "" || named.word.startsWith("#")) return undefined;
  const column = first === named ? 1 : text.length - (first.rest ?? "").length + 1;
  const rest = (named.rest ?? "").replace(/^[ \t\r\n]+/, "");
  const written = named.word;
  if (rest === "") return { column, message: `${written} needs a value` };
  const words = splitWords(rest);
  const restColumn = text.length - rest.length + 1;
  if (words === undefined) return { column: restColumn, message: "a quote is not closed" };
  return { keyword: written.toLowerCase(), written, column, rest, restColumn, words };
};

/** OpenSSH reads C strings, and takes white space and form feeds from their ends. */
const endOf = (line: string): string => {
  const nul = line.indexOf("\0");
  const text = nul < 0 ? line : line.slice(0, nul);
  let end = text.length;
  while (end > 1 && " \t\r\n\f".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

type Cut = { readonly word: string | undefined; readonly rest: string | undefined };

/** The text up to white space or one `=`; `"` holds words together. No word: an open quote. No rest: the text's end. */
export const nextWord = (text: string): Cut => {
  const at = text.search(/[ \t\r\n"=]/);
  if (at < 0) return { word: text, rest: undefined };
  if (text.charAt(at) === '"') {
    const close = text.indexOf('"', at + 1);
    if (close < 0) return { word: undefined, rest: undefined };
    return { word: text.slice(0, at) + text.slice(at + 1, close), rest: skipSpace(text.slice(close + 1)) };
  }
  const rest = skipSpace(text.slice(at + 1));
  const equalsFollows = text.charAt(at) !== "=" && rest.startsWith("=");
  return { word: text.slice(0, at), rest: equalsFollows ? skipSpace(rest.slice(1)) : rest };
};

const skipSpace = (text: string): string => text.replace(/^[ \t\r\n]+/, "");

/** Words between blanks, `'` and `"` around them, `\` before quotes, itself and blanks; up to a `#`. Undefined: an open quote. */
export const splitWords = (text: string): readonly string[] | undefined => {
  // nearly every line holds none of these
  if (!/['"\\#]/.test(text)) return text.split(/[ \t]+/).filter((word) => word !== "");
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text.charAt(at))) at += 1;
    else if (text.charAt(at) === "#") break;
    else {
      const { word, end } = quotedWord(text, at);
      if (word === undefined) return undefined;
      words.push(word);
      at = end;
    }
  }
  return words;
};

const isBlank = (character: string): boolean => character === " " || character === "\t";

const quotedWord = (text: string, start: number): { readonly word: string | undefined; readonly end: number } => {
  let [word, quote, at] = ["", "", start];
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === "\\" && next !== "" && (`'"\\`.includes(next) || (quote === "" && next === " "))) {
      word += next;
      at += 1;
    } else if (quote === "" && isBlank(character)) break;
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (quote !== "" && character === quote) quote = "";
    else word += character;
  }
  return { word: quote === "" ? word : undefined, end: at };
};
