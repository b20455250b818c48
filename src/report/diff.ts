import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Action } from "../model/action.ts";
import { printable } from "./escape.ts";
import { shownTexts } from "./shown.ts";

/**
 * The unified diff of a file action, ready for a terminal; undefined for actions without text. A file that was not
 * readable as text is shown as replaced whole; what came out of a vault is shown as ********.
 */
export const actionDiff = (action: Action): string | undefined => {
  if (action.kind !== "write" && action.kind !== "remove") return undefined;
  if (action.before === (action.kind === "write" ? action.text : "")) return undefined;
  const { before, after } = shownTexts(action);
  if (before === undefined) return `--- ${action.path} (not text)\n+++ ${action.path}\n`;
  const from = action.from.kind === "absent" ? "/dev/null" : action.path;
  const to = action.kind === "remove" ? "/dev/null" : action.path;
  if (before === after) return `--- ${from}\n+++ ${to}\n(only hidden values differ)\n`;
  const patch = createTwoFilesPatch(from, to, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch
    .split("\n")
    .map((line) => printable(line))
    .join("\n");
};
