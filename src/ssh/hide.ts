import type { Secret } from "../model/host.ts";

/** A host's words without the secrets that it was sent: some hosts repeat them. */
export const hide = (words: string, secrets: readonly Secret[]): string =>
  secrets
    .map((secret) => secret.reveal())
    .filter((text) => text !== "")
    // One may begin with another.
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, text) => rest.replaceAll(text, "********"), words);
