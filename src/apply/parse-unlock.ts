import { parseFrames } from "../remote/frames.ts";
import { cap, splitWord } from "./hear-step.ts";

/** What breaking a lock came to. */
export type UnlockResult =
  | { readonly kind: "broken" }
  /** There is no lock. */
  | { readonly kind: "nothing" }
  /** Another run holds the host: its lock stays. `by`: its line. */
  | { readonly kind: "other"; readonly by: string }
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "garbled"; readonly because: string };

/** Reads what `buildUnlock`'s script printed for the same nonce. */
export const parseUnlock = (stdout: Uint8Array, nonce: string): UnlockResult => {
  const found = parseFrames(stdout, nonce);
  if (found.kind === "garbled") return found;
  const [first, second] = found.frames;
  const [kind, rest] = splitWord(new TextDecoder().decode(first?.bytes));
  const result = first?.name === "unlock" && second === undefined ? hear(kind, cap(rest)) : undefined;
  return result ?? { kind: "garbled", because: "it does not say what became of the lock" };
};

const hear = (kind: string, rest: string): UnlockResult | undefined => {
  switch (kind) {
    case "broken":
    case "nothing":
      return { kind };
    case "other":
      return { kind, by: rest };
    case "failed":
      return { kind, error: rest };
    default:
      return undefined;
  }
};
