import type { Failure } from "../model/failure.ts";
import { parseFrames } from "../remote/frames.ts";
import { cap } from "./hear-step.ts";
import { cappedLines, reportLines } from "./revert-report.ts";

/** What putting back came to. */
export type RevertResult =
  /** `back` and `left` are words of the host, a line for each file, value, module or command. */
  | { readonly kind: "reverted"; readonly back: readonly string[]; readonly left: readonly string[] }
  /** It had been put back before. */
  | { readonly kind: "already" }
  /** Nothing was touched: these were changed since. */
  | { readonly kind: "changed_since"; readonly what: readonly string[] }
  /** The host keeps nothing of this run: it never changed it, or five later ones have. */
  | { readonly kind: "nothing" }
  /** Another run holds the host. */
  | { readonly kind: "locked"; readonly by: string }
  | { readonly kind: "garbled"; readonly because: string };

/** Reads what `buildRevert`'s script printed for the same nonce. */
export const parseRevert = (stdout: Uint8Array, nonce: string): RevertResult => {
  const found = parseFrames(stdout, nonce);
  if (found.kind === "garbled") return found;
  const [first] = found.frames;
  const text = new TextDecoder().decode(first?.bytes);
  const result = found.frames.length === 1 ? hear(first?.name, text) : undefined;
  return result ?? { kind: "garbled", because: "neither what was put back nor a reason against it" };
};

const hear = (name: string | undefined, text: string): RevertResult | undefined => {
  switch (name) {
    case "reverted":
      return { kind: name, ...reportLines(text) };
    case "already":
    case "nothing":
      return { kind: name };
    case "changed_since":
      return { kind: name, what: cappedLines(text) };
    case "locked":
      return { kind: name, by: cap(text) };
    default:
      return undefined;
  }
};

/** The failure that a host is reported with, or undefined where all of it is as it was. */
export const revertFailureOf = (result: RevertResult): Failure | undefined => {
  switch (result.kind) {
    case "already":
      return undefined;
    case "reverted":
      return result.left.length === 0
        ? undefined
        : { code: "revert_failed", detail: result.left.join(", "), sent: true };
    case "changed_since":
      return { code: "changed_since", detail: result.what.join(", "), sent: false };
    case "nothing":
      return { code: "no_snapshot", detail: "", sent: false };
    case "locked":
      return { code: "locked", detail: result.by, sent: false };
    case "garbled":
      return { code: "output_garbled", detail: result.because, sent: true };
  }
};
