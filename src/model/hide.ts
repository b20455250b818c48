import { mask, type Secret } from "./host.ts";

/** Words without the secrets that may be among them: a host repeats what it was sent, a file holds what was put there. */
export const hide = (words: string, secrets: readonly Secret[]): string =>
  secrets
    .map((secret) => secret.reveal())
    .filter((text) => text !== "")
    // One may begin with another.
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, text) => rest.replaceAll(text, mask), words);
