/** A line that says something, without the space around it; `offset` is where it begins in the text. */
export type Line = { readonly text: string; readonly offset: number };

/** What Python takes for space: its `strip` and `splitlines` decide what Ansible sees. */
const space = String.raw`\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const lineEnd = /[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/g;
const around = new RegExp(`^[${space}]+|[${space}]+$`, "g");
const before = new RegExp(`^[${space}]*`);

/** The lines of an INI inventory that are neither empty nor a comment (`#` or `;` first). */
export function* iniLines(text: string): Generator<Line> {
  let start = 0;
  while (start <= text.length) {
    lineEnd.lastIndex = start;
    const end = lineEnd.exec(text)?.index ?? text.length;
    const line = text.slice(start, end);
    const stripped = line.replace(around, "");
    if (stripped !== "" && !stripped.startsWith("#") && !stripped.startsWith(";"))
      yield { text: stripped, offset: start + (before.exec(line)?.[0].length ?? 0) };
    start = end + 1;
  }
}

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
