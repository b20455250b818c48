import { endOfLine, type Reader, scalarTree } from "./line-reader.ts";
import type { Tree } from "./tree.ts";

const header = /(?:(!vault|!unsafe) )?\|(-?) *\n/y;

/** A text after `|` or `|-`, and those of vaults. Undefined where its indent is not plain to see. */
export const literalTree = (reader: Reader, at: number, column: number): Tree | undefined => {
  header.lastIndex = at;
  const found = header.exec(reader.text);
  if (found === null) return undefined;
  const [, tag, chomp] = found;
  const lines = bodyLines(reader, header.lastIndex, column);
  if (lines === undefined) return undefined;
  const offset = tag === undefined ? at : at + tag.length + 1;
  return { ...scalarTree(offset, lines.join("\n") + (chomp === "-" ? "" : "\n"), false), tag };
};

const bodyLines = (reader: Reader, from: number, column: number): readonly string[] | undefined => {
  const { text } = reader;
  const lines: string[] = [];
  let indent = 0;
  let at = from;
  while (at < text.length) {
    const end = endOfLine(text, at);
    let start = at;
    while (text[start] === " ") start += 1;
    if (start === end) {
      // an empty line with spaces, or before the first line with words, may count for the indent
      if (start > at || lines.length === 0) return undefined;
      lines.push("");
    } else {
      if (start - at <= column) break;
      if (lines.length === 0) indent = start - at;
      if (start - at < indent) return undefined;
      lines.push(text.slice(at + indent, end));
    }
    at = end + 1;
  }
  reader.next = Math.min(at, text.length);
  while (lines.at(-1) === "") lines.pop();
  // a text that ends without a line break keeps none
  return lines.length === 0 || !text.endsWith("\n") ? undefined : lines;
};
