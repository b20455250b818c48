/** A word of a line with the offset at which it begins. */
export type Word = { readonly text: string; readonly offset: number };

/** The words of a line, or what keeps it from being split, with its offset. */
export type Words =
  | { readonly kind: "words"; readonly words: readonly Word[] }
  | { readonly kind: "fault"; readonly offset: number; readonly because: string };

/**
 * Splits a line into words as Ansible does (Python's `shlex.split`): quotes group, a backslash takes the next character as
 * it is (within double quotes only `"` and itself). With `comments`, `#` ends the line even within a word.
 */
export const shellWords = (line: string, { comments }: { readonly comments: boolean }): Words => {
  const words: Word[] = [];
  const endsAt = (at: number): boolean => at >= line.length || (comments && line[at] === "#");
  let at = 0;
  while (at < line.length) {
    while (at < line.length && isSpace(line, at)) at += 1;
    if (endsAt(at)) break;
    const word = oneWord(line, at, endsAt);
    if (word.kind === "fault") return word;
    words.push({ text: word.text, offset: at });
    at = word.end;
    if (endsAt(at)) break;
  }
  return { kind: "words", words };
};

type Fault = Extract<Words, { kind: "fault" }>;
type Piece = { readonly kind: "piece"; readonly text: string; readonly end: number };

const isSpace = (line: string, at: number): boolean => " \t\r\n".includes(line.charAt(at));

const oneWord = (line: string, from: number, endsAt: (at: number) => boolean): Piece | Fault => {
  let text = "";
  let at = from;
  while (!endsAt(at) && !isSpace(line, at)) {
    const piece = onePiece(line, at);
    if (piece.kind === "fault") return piece;
    text += piece.text;
    at = piece.end;
  }
  return { kind: "piece", text, end: at };
};

const plain = /[^ \t\r\n#'"\\]+/y;

const onePiece = (line: string, at: number): Piece | Fault => {
  const character = line.charAt(at);
  if (character === "'" || character === '"') return quoted(line, at, character);
  if (character === "\\") {
    if (at + 1 >= line.length)
      return { kind: "fault", offset: at, because: "a \\ ends the line; no character follows" };
    return { kind: "piece", text: line.charAt(at + 1), end: at + 2 };
  }
  plain.lastIndex = at;
  const text = plain.exec(line)?.[0] ?? character;
  return { kind: "piece", text, end: at + text.length };
};

const quoted = (line: string, from: number, quote: string): Piece | Fault => {
  let text = "";
  for (let at = from + 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === quote) return { kind: "piece", text, end: at + 1 };
    const next = line.charAt(at + 1);
    if (quote === '"' && character === "\\" && (next === quote || next === "\\")) {
      text += next;
      at += 1;
    } else text += character;
  }
  return { kind: "fault", offset: from, because: `this ${quote} is not closed on its line` };
};
