export type SplitWords =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "fault"; readonly because: string };

/** Text as Python's `shlex.split` takes it apart: quotes group, a backslash keeps the next character, `#` is a character. */
export const splitWords = (text: string): SplitWords => {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const word = /^(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S])+/.exec(rest)?.[0] ?? "";
    const end = rest.charAt(word.length);
    if (end !== "" && !/\s/.test(end)) return { kind: "fault", because: `a ${end} is not closed` };
    words.push(unquoted(word));
    rest = rest.slice(word.length).trimStart();
  }
  return { kind: "words", words };
};

const unquoted = (word: string): string =>
  word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? "",
  );
