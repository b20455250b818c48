/** A page of the reference; its parts are tables, paragraphs and headings. */
export const page = (title: string, parts: readonly string[]): string =>
  [`# ${title}`, "Written from the code: `npx vitest run test/docs -u` writes it anew.", ...parts, ""]
    .join("\n\n")
    .trimEnd() + "\n";

/** A table of Markdown cells; a bar inside a cell is escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map(tableLine).join("\n");

const tableLine = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;

/** A word of the product in the type of code. */
export const code = (text: string): string => `\`${text}\``;
