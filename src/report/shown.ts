import type { Action } from "../model/action.ts";
import { hide } from "../model/hide.ts";
import { mask } from "../model/host.ts";

export type ShownTexts = { readonly before: string | undefined; readonly after: string };

/**
 * The texts of a file before and after a change, as a report may show them: with ******** for what came out of a vault.
 * The file may still hold an older secret that nobody knows here: a line that is like the new one but for the secret hides
 * the same part.
 */
export const shownTexts = (action: Extract<Action, { kind: "write" | "remove" }>): ShownTexts => {
  const { before, secrets } = action;
  const after = action.kind === "write" ? action.text : "";
  if (secrets.length === 0) return { before, after };
  const shown = hide(after, secrets);
  return { after: shown, before: before === undefined ? undefined : withoutOlder(hide(before, secrets), shown) };
};

/** Hides in each line that is not in the new text what stands where a line of the new text has a secret. */
const withoutOlder = (before: string, after: string): string => {
  const kept = new Set(after.split("\n"));
  const frames = [...kept].filter((line) => line.includes(mask)).map((line) => line.split(mask));
  return before
    .split("\n")
    .map((line) => (kept.has(line) ? line : (frames.map((frame) => fitted(line, frame)).find(Boolean) ?? line)))
    .join("\n");
};

/** The frame with its secrets hidden, where the line has its parts in their order; else undefined. */
const fitted = (line: string, [first = "", ...parts]: readonly string[]): string | undefined => {
  const last = parts.at(-1) ?? "";
  if (!line.startsWith(first) || !line.endsWith(last) || line.length < first.length + last.length) return undefined;
  const end = line.length - last.length;
  let at = first.length;
  for (const part of parts.slice(0, -1)) {
    const next = line.indexOf(part, at);
    if (next < 0 || next + part.length > end) return undefined;
    at = next + part.length;
  }
  return [first, ...parts].join(mask);
};
