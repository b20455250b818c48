import type { Checked } from "../model/problem.ts";
import { type NamedText, readText } from "./read-text.ts";

/** The first file that is there, read or with the reason why it cannot be. */
export const firstText = async (files: readonly string[]): Promise<Checked<NamedText> | undefined> => {
  for (const file of files) {
    const text = await readText(file);
    if (text.kind === "ok" || !text.problems.every((one) => one.message.startsWith("does not exist"))) return text;
  }
  return undefined;
};
