import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import { parseFrames } from "../remote/frames.ts";
import { cap, splitWord } from "./hear-step.ts";

/** Why a host does not reboot; nothing was done there. */
export const rebootReasons = [
  /** It runs in another boot than the planned one: it was rebooted meanwhile, by somebody. */
  "other_boot",
  /** This run has rebooted it already. */
  "rebooted_before",
  /** The host has put the change back: nothing is left that a reboot could bring. */
  "was_reverted",
  /** Another run works on it. */
  "locked",
  /** A lock of logind in the mode `block`: `WHO: WHY`. */
  "inhibited",
  /** A package program at work, a lock that is held, or `dpkg: interrupted`. */
  "package_work",
  /** The unit that is masked. */
  "masked",
  /** A script of ours, by its process. */
  "apply_running",
  "slow_flush",
  "not_recorded",
  "no_trigger",
] as const;
export type RebootReason = { readonly because: (typeof rebootReasons)[number]; readonly detail: string };

export type RebootResult =
  /** It goes down in about a second; whether it did, a new boot_id tells. */
  | { readonly kind: "triggered"; readonly by: "systemd" | "process" }
  | { readonly kind: "refused"; readonly reasons: NonEmpty<RebootReason> }
  /** The script ran, and whether the host will reboot is not known. */
  | { readonly kind: "garbled"; readonly because: string };

/** Reads what `buildReboot`'s script printed for the same nonce. */
export const parseReboot = (stdout: Uint8Array, nonce: string): RebootResult => {
  const found = parseFrames(stdout, nonce);
  if (found.kind === "garbled") return found;
  const said = found.frames.map(({ name, bytes }) => ({ name, text: new TextDecoder().decode(bytes) }));
  const [first] = said;
  if (first?.name === "triggered" && said.length === 1 && isTrigger(first.text))
    return { kind: "triggered", by: first.text };
  const reasons = said.flatMap(({ name, text }) => (name === "refused" ? reason(text) : []));
  if (isNonEmpty(reasons) && reasons.length === said.length) return { kind: "refused", reasons };
  return { kind: "garbled", because: "neither a reboot nor a reason against it" };
};

const isTrigger = (text: string): text is "systemd" | "process" => text === "systemd" || text === "process";

const reason = (text: string): readonly RebootReason[] => {
  const [word, detail] = splitWord(text);
  return rebootReasons.filter((one) => one === word).map((because) => ({ because, detail: cap(detail) }));
};

/** The failure that a host is reported with, or undefined where the reboot was triggered. */
export const rebootFailureOf = (result: RebootResult): Failure | undefined => {
  switch (result.kind) {
    case "triggered":
      return undefined;
    case "refused": {
      const texts = result.reasons.map(({ because, detail }) => `${because}${detail === "" ? "" : ` ${detail}`}`);
      return { code: "reboot_refused", detail: texts.join(", "), sent: false };
    }
    case "garbled":
      return { code: "output_garbled", detail: result.because, sent: true };
  }
};
