/** What the text of an inventory evidently is. */
export type Form = "ini" | "yaml" | "empty";

/**
 * Tells by the first line with content, as Ansible's own order of trying (YAML, then INI) has it: a YAML text is a map, so
 * its first line is a key, a bracket or a marker; anything else is INI.
 */
export const formOf = (text: string): Form => {
  const first = /^[ \t]*(?![ \t]*(?:#|$)).+/m.exec(text.replace(/^\uFEFF/, ""))?.[0].trim();
  if (first === undefined) return "empty";
  if (first.startsWith("[")) return /^\[[^\]"'{[,]*\]/.test(first) ? "ini" : "yaml";
  if (/^(?:---|%|[{"'&!*|>?]|- |-$)/.test(first)) return "yaml";
  return /:(?:\s|$)/.test(first) ? "yaml" : "ini";
};

/** True where hardly anything but YAML begins so: `---`, or a key alone on its line. */
export const isSurelyYaml = (text: string): boolean =>
  /^\s*(?:#.*\s+)*(?:---|[\w.-]+:[ \t]*(?:#.*)?$)/m.exec(text)?.index === 0;

/** The ending of a file's name with its dot, as Python's `splitext` has it; empty where there is none. */
export const endingOf = (file: string): string => /[^/.][^/]*?(\.[^./]*)$/.exec(file)?.[1] ?? "";

/** Endings of files that Ansible tries to read as YAML before INI. */
export const yamlEndings: readonly string[] = ["", ".yml", ".yaml", ".json"];
