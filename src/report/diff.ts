import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Action } from "../model/action.ts";
import { printable } from "./escape.ts";

/**
 * The unified diff of a file action, ready for a terminal; undefined for actions without text. A file that was not
 * readable as text is shown as replaced whole.
 */
export const actionDiff = (action: Action): string | undefined => {
  if (action.kind !== "write" && action.kind !== "remove") return undefined;
  const after = action.kind === "write" ? action.text : "";
  if (action.before === after) return undefined;
  if (action.before === undefined) return `--- ${action.path} (not text)\n+++ ${action.path}\n`;
  const from = action.from.kind === "absent" ? "/dev/null" : action.path;
  const to = action.kind === "remove" ? "/dev/null" : action.path;
  const patch = createTwoFilesPatch(from, to, action.before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch
    .split("\n")
    .map((line) => printable(line))
    .join("\n");
};
