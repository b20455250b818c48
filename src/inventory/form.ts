/** What the text of an inventory evidently is. */
export type Form = "ini" | "yaml" | "empty";

/**
 * Tells by the first line with content, as Ansible's own order of trying (YAML, then INI) has it: a YAML text is a map, so
 * its first line is a key, a bracket or a marker; anything else is INI.
 */
export const formOf = (text: string): Form => {
  const first = firstLine(text);
  if (first === undefined) return "empty";
  if (first.startsWith("[")) return /^\[[^\]"'{[,]*\]/.test(first) ? "ini" : "yaml";
  if (/^(?:---|%|[{"'&!*|>?]|- |-$)/.test(first)) return "yaml";
  return /:(?:\s|$)/.test(first) ? "yaml" : "ini";
};

/** True where hardly anything but YAML begins so: `---`, or a key alone on its line. */
export const isSurelyYaml = (text: string): boolean => /^(?:---|[\w.-]+:[ \t]*(?:#.*)?$)/.test(firstLine(text) ?? "");

const lineEnd = /[\n\r]/g;

/** The first line that is neither empty nor a comment. Line by line: files may begin with long comments. */
const firstLine = (text: string): string | undefined => {
  for (let start = 0; start < text.length; ) {
    lineEnd.lastIndex = start;
    const end = lineEnd.exec(text)?.index ?? text.length;
    // a byte order mark is space to trim
    const line = text.slice(start, end).trim();
    if (line !== "" && !line.startsWith("#")) return line;
    start = end + 1;
  }
  return undefined;
};

/** The ending of a file's name with its dot, as Python's `splitext` has it; empty where there is none. */
export const endingOf = (file: string): string => /[^/.][^/]*?(\.[^./]*)$/.exec(file)?.[1] ?? "";

/** Endings of files that Ansible tries to read as YAML before INI. */
export const yamlEndings: readonly string[] = ["", ".yml", ".yaml", ".json"];
