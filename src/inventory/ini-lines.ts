/** A line that says something, without the space around it; `offset` is where it begins in the text. */
export type Line = { readonly text: string; readonly offset: number };

/** What Python takes for space: its `strip` and `splitlines` decide what Ansible sees. */
const space = String.raw`\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const lineEnd = /[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/g;
const content = new RegExp(`[^${space}]`);
const isSpace = new RegExp(`[${space}]`);

/** The lines of an INI inventory that are neither empty nor a comment (`#` or `;` first). */
export function* iniLines(text: string): Generator<Line> {
  let start = 0;
  while (start <= text.length) {
    lineEnd.lastIndex = start;
    const end = lineEnd.exec(text)?.index ?? text.length;
    const line = stripped(text, start, end);
    if (line.text !== "" && !line.text.startsWith("#") && !line.text.startsWith(";")) yield line;
    start = end + 1;
  }
}

/** From both ends inward: a pattern for the space at the end would try each run of space within the line. */
const stripped = (text: string, start: number, end: number): Line => {
  const offset = start + Math.max(0, text.slice(start, end).search(content));
  let last = end;
  while (last > offset && isSpace.test(text.charAt(last - 1))) last -= 1;
  return { text: text.slice(offset, last), offset };
};

export const sectionKinds = ["hosts", "vars", "children"] as const;
export type SectionKind = (typeof sectionKinds)[number];

/** `[group]`, `[group:vars]`, `[group:children]`. `other`: no section. */
export type Header =
  | { readonly kind: "section"; readonly group: string; readonly of: SectionKind }
  | { readonly kind: "unknown_section"; readonly of: string }
  | { readonly kind: "malformed" }
  | { readonly kind: "other" };

const header = new RegExp(String.raw`^\[([^:\]${space}]+)(?::([\p{L}\p{N}_]+))?\][${space}]*(?:#.*)?$`, "u");

export const readHeader = (line: string): Header => {
  if (!line.startsWith("[")) return { kind: "other" };
  const [, group, of = "hosts"] = header.exec(line) ?? [];
  if (group === undefined) return /^\[[^\]]*\][^:\]]*$/.test(line) ? { kind: "malformed" } : { kind: "other" };
  const known = sectionKinds.find((one) => one === of);
  return known === undefined ? { kind: "unknown_section", of } : { kind: "section", group, of: known };
};
