import { dirname, join } from "node:path";
import { type Checked, checked, type Position, type Problem } from "../model/problem.ts";
import { firstText } from "./first-text.ts";
import type { NamedText } from "./read-text.ts";

/** A template that a play names, and where it does. */
export type TemplateName = { readonly src: string; readonly at: Position };

/**
 * Reads templates by name: from `templates/` beside the playbook, else from `templates/` beside the playbook's folder,
 * else from the shipped ones. A name that is in none of them is a problem at the place that names it.
 */
export const readTemplates = async (
  playbook: string,
  names: readonly TemplateName[],
  shipped: string,
): Promise<Checked<ReadonlyMap<string, NamedText>>> => {
  const beside = dirname(playbook);
  const folders = [join(beside, "templates"), join(beside, "..", "templates"), shipped];
  const found = new Map<string, NamedText>();
  const problems: Problem[] = [];
  for (const { src, at } of names) {
    if (found.has(src)) continue;
    const text = await firstText(folders.map((folder) => join(folder, src)));
    if (text?.kind === "ok") found.set(src, text.value);
    else if (text !== undefined) problems.push(...text.problems);
    else problems.push({ at, path: "", message: `there is no template ${src} in ${folders.join(", ")}` });
  }
  return checked(found, problems);
};
