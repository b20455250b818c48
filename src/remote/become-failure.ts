import type { Failure } from "../model/failure.ts";
import type { Become, BecomeOther } from "./become.ts";
import { reasons } from "./become-reasons.ts";
import type { ExecResult } from "./port.ts";

/**
 * Did become refuse? For a command that failed and printed no frame: its exit status and what it said on both streams.
 * Undefined where the script itself failed.
 */
export const becomeFailure = (become: Become, status: number, words: string): Failure | undefined => {
  if (become.kind === "no") return undefined;
  const because = reasonIn(become, words) ?? (refusedInOtherWords(become, status, words) ? "refused" : undefined);
  return because === undefined ? undefined : refusal(become, because, words);
};

/** Why the wanted user's shell did not begin. `within`: milliseconds. */
export const notBecome = (
  become: Become,
  { because, answered, words }: Extract<ExecResult, { kind: "not_ready" }>,
  within: number,
): Failure => {
  if (become.kind === "no") throw new Error("nothing was to be waited for");
  const reason = reasonIn(become, words);
  if (reason !== undefined) return refusal(become, reason, words);
  switch (because) {
    case "asked_again":
      return refusal(become, "the password was not accepted", "");
    case "no_answer":
      return refusal(become, "a password is needed (-K, --ask-become-pass)", "");
    case "stalled":
      return {
        code: "become_stalled",
        detail: told(become, `${stall(answered)} within ${within} ms${hint(become, words)}`, words),
        sent: false,
      };
  }
};

const stall = (answered: boolean): string =>
  answered ? "no answer to the password" : "neither a password prompt that ctfleet answers nor a start";

/** sudo shows our prompt in place of "Password: ", and of another one only where sudoers says so. */
const hint = ({ kind }: BecomeOther, words: string): string =>
  kind === "sudo" && /:\s*$/.test(words) ? " (Defaults passprompt_override in sudoers lets our prompt through)" : "";

const reasonIn = ({ kind }: BecomeOther, words: string): string | undefined =>
  reasons.find(({ of, pattern }) => (of === "any" || of.includes(kind)) && pattern.test(words))?.because;

/**
 * In another language, or in words that are not known yet: the program names itself at the beginning of a line, or the
 * shell or `env` (126, 127) names it anywhere.
 */
const refusedInOtherWords = ({ kind, exe = kind }: BecomeOther, status: number, words: string): boolean => {
  const lines = words.split("\n").filter((line) => !harmless.test(line));
  if (status === 126 || status === 127) return words === "" || lines.some((line) => line.includes(exe));
  if (status !== 1) return false;
  return lines.some(
    (line) => line.startsWith(`${kind}: `) || (kind === "sudo" && /sudoers|\/bin\/sh -[cs]/.test(line)),
  );
};

const harmless = /^sudo: unable to resolve host|^sudo: setrlimit/;

const refusal = (become: BecomeOther, because: string, words: string): Failure => ({
  code: "become_refused",
  detail: told(become, because, words),
  sent: false,
});

/** `sudo: BECAUSE: the program's own last words`. */
const told = ({ kind }: BecomeOther, because: string, words: string): string =>
  [`${kind}: ${because}`, words.trim().slice(-1000)].filter((part) => part !== "").join(": ");
