/** Words, or where in the text something stands that is no word, and what to do about it. */
export type Split =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "fault"; readonly at: number; readonly because: string };

/** Pieces of words. None of them can be read in two ways, so that no text takes long. */
const plainPieces = {
  single: /'([^']*)'/y,
  double: /"((?:[^"\\$`]|\\[^])*)"/y,
  escaped: /\\([^\n])/y,
  plain: /([^ \t\n'"\\|;&<>()`$])/y,
};

/** A template's tag is one piece: blanks and quotes in it are its own. */
const piecesWithTags = {
  tag: /(\{\{[^}]{0,500}\}\})/y,
  ...plainPieces,
  double: /"((?:\{\{[^}]{0,500}\}\}|\{(?!\{)|[^"\\$`{]|\\[^])*)"/y,
};

/**
 * Splits a line as a POSIX shell splits it into words: blanks, quotes and backslashes (XCU, 2.2 Quoting). Nothing else of a
 * shell is done, and what a shell would do more with (operators, `$`, a comment) is a fault.
 */
export const splitWords = (text: string, { tags }: { readonly tags: boolean }): Split => {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    if (/[ \t]/.test(text.charAt(at))) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    const piece = text.charAt(at) === "#" && word === undefined ? undefined : pieceAt(text, at, tags);
    if (piece === undefined) return { kind: "fault", at, because: whyNot(text.charAt(at)) };
    word = (word ?? "") + piece.text;
    at += piece.length;
  }
  return { kind: "words", words: word === undefined ? words : [...words, word] };
};

type Piece = { readonly text: string; readonly length: number };

const pieceAt = (text: string, at: number, tags: boolean): Piece | undefined => {
  for (const [kind, pattern] of Object.entries(tags ? piecesWithTags : plainPieces)) {
    pattern.lastIndex = at;
    const [whole, inner] = pattern.exec(text) ?? [];
    if (whole === undefined || inner === undefined) continue;
    return { text: kind === "double" ? unescaped(inner, tags) : inner, length: whole.length };
  }
  return undefined;
};

/** Between double quotes a backslash stands for itself, but before these four. */
const unescaped = (inner: string, tags: boolean): string =>
  inner.replace(
    tags ? /(\{\{[^}]{0,500}\}\})|\\([$`"\\])/g : /()\\([$`"\\])/g,
    (_, tag: string | undefined, one?: string) => (one === undefined ? (tag ?? "") : one),
  );

const whyNot = (found: string): string => {
  if (found === "'") return "a quote ' is not closed";
  if (found === '"') return 'a quote " is not closed, or holds $ or ` without a backslash';
  if (found === "\\") return "a backslash stands before nothing";
  const what = found === "\n" ? "a line break" : found;
  return `${what} is a shell's, and no shell reads this: quote it, or give the shell yourself, as in [sh, -c, "..."]`;
};
