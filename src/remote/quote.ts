/**
 * One word for a POSIX shell, fish and csh alike. In single quotes, but for three characters that stand outside them:
 * the quote itself, the backslash (fish reads it inside quotes) and `!` (csh expands it there). A line feed has no form
 * that csh takes too.
 */
export const quote = (word: string): string => {
  if (word.includes("\0")) throw new Error("a NUL byte cannot stand in a shell word");
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/['\\!]/g, (one) => `'\\${one}'`)}'`;
};

/** An argument list as one line of shell: the only place where a list becomes text. */
export const sh = (words: readonly string[]): string => words.map(quote).join(" ");
