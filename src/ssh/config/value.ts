import type { Chosen } from "./choose.ts";
import type { Expanded } from "./expand.ts";
import type { Setting } from "./statement.ts";

/*
 * Values out of what was chosen for a host. That they are well formed was checked when the files were read.
 */

export const wordOf = ({ first }: Chosen, name: string): string | undefined => first.get(name)?.words[0];

export const flagOf = (chosen: Chosen, name: string, usual: boolean): boolean => {
  const word = wordOf(chosen, name)?.toLowerCase();
  return word === undefined ? usual : word !== "no" && word !== "false";
};

export const numberOf = (chosen: Chosen, name: string, usual: number): number => {
  const word = wordOf(chosen, name);
  return word === undefined ? usual : Number(word);
};

/** What did not expand becomes a refusal, or a reason for the program, with its place. */
export type Take = (setting: Setting, expanded: Expanded) => string | undefined;

/** The paths of a list, expanded; none where `none` is written. */
export const pathsOf = (setting: Setting, expand: (path: string) => Expanded, take: Take): readonly string[] => {
  if (setting.words[0]?.toLowerCase() === "none") return [];
  return setting.words.flatMap((word) => take(setting, expand(word)) ?? []);
};
