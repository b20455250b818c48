/** One word for a POSIX shell, fish and csh alike: single quotes, with a quote itself written outside them. */
export const quote = (word: string): string => {
  if (word.includes("\0")) throw new Error("a NUL byte cannot stand in a shell word");
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
};

/** An argument list as one line of shell: the only place where a list becomes text. */
export const sh = (words: readonly string[]): string => words.map(quote).join(" ");
