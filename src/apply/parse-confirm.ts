import type { Failure } from "../model/failure.ts";
import type { Reverted } from "../model/own-facts.ts";
import { parseFrames } from "../remote/frames.ts";
import { cap, splitWord } from "./hear-step.ts";
import { isBecause, reportLines, tellLeft } from "./revert-report.ts";

/** What a confirmation came to. */
export type ConfirmResult =
  /** Now, or by an earlier one with the same token. */
  | { readonly kind: "confirmed" }
  /** Too late: the host has put the change back, or is at it. `left`: what was not put back, in the host's words. */
  | { readonly kind: "reverted"; readonly because: Reverted["because"]; readonly left: readonly string[] }
  /** Nothing of this run waits there. */
  | { readonly kind: "nothing" }
  /** It could not be written down. */
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "garbled"; readonly because: string };

/** Reads what `buildConfirm`'s script printed for the same nonce. */
export const parseConfirm = (stdout: Uint8Array, nonce: string): ConfirmResult => {
  const found = parseFrames(stdout, nonce);
  if (found.kind === "garbled") return found;
  const [first] = found.frames;
  const text = new TextDecoder().decode(first?.bytes);
  const result = found.frames.length === 1 ? hear(first?.name, text) : undefined;
  return result ?? { kind: "garbled", because: "neither a confirmation nor a reason against it" };
};

const hear = (name: string | undefined, text: string): ConfirmResult | undefined => {
  switch (name) {
    case "confirmed":
    case "nothing":
      return { kind: name };
    case "reverted": {
      const [because, report] = splitWord(text);
      return isBecause(because) ? { kind: name, because, left: reportLines(report).left } : undefined;
    }
    case "failed":
      return { kind: name, error: cap(text) };
    default:
      return undefined;
  }
};

/** The failure that a host is reported with, or undefined where the change is confirmed. */
export const confirmFailureOf = (result: ConfirmResult): Failure | undefined => {
  switch (result.kind) {
    case "confirmed":
      return undefined;
    case "reverted":
      return { code: "not_confirmed", detail: [result.because, ...tellLeft(result.left)].join(", "), sent: true };
    case "nothing":
      return { code: "not_confirmed", detail: "nothing waits for a confirmation there", sent: true };
    case "failed":
      return { code: "not_confirmed", detail: result.error, sent: true };
    case "garbled":
      return { code: "output_garbled", detail: result.because, sent: true };
  }
};
