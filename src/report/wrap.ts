/** A paragraph as lines of at most so many columns, each with the indent; a word that is longer stands alone. */
export const wrap = (
  text: string,
  { width, indent }: { readonly width: number; readonly indent: string },
): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines;
};
