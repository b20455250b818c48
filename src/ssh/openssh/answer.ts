import { type Secret, secret } from "../../model/host.ts";
import { asksForCode } from "../asks-for-code.ts";
import type { AskPassphrase } from "../key-file.ts";
import type { AnswerQuestion, Question } from "./questions.ts";
import { isAtLeast, marksQuestions, type SshVersion } from "./version.ts";

/** What a question is about, as far as it can be told safely. */
export type Asked =
  | { readonly kind: "passphrase"; readonly file: string }
  | { readonly kind: "password" }
  | { readonly kind: "unknown_bastion" }
  | { readonly kind: "other" };

type About = {
  /** Is the process the one that we started, for the host itself? */
  readonly own: boolean;
  /** What it has logged so far. */
  readonly log: string;
  readonly version: SshVersion;
};

/**
 * Says what is asked for. A host can ask whatever it likes, in ssh's own words too: in our own process the log tells by
 * which method it asks, and elsewhere only a version is believed that marks such questions.
 */
export const readQuestion = (text: string, { own, log, version }: About): Asked => {
  const method = log.match(/^debug1: Next authentication method: \S+/gm)?.at(-1) ?? "";
  if (own && method.endsWith(": password")) return { kind: "password" };
  // ssh puts `(user@host) ` before the host's own words
  if (own && method.endsWith(": keyboard-interactive"))
    return asksForCode(text.replace(/^\(\S*\) /, "")) ? { kind: "other" } : { kind: "password" };
  if (!own && !isAtLeast(version, marksQuestions)) return { kind: "other" };
  const file = /^Enter passphrase for key '(.+)': ?$/.exec(text)?.[1] ?? /^Enter PIN for (.+?):? ?$/.exec(text)?.[1];
  if (file !== undefined) return { kind: "passphrase", file };
  return !own && /^The authenticity of host .* can't be established\..*\(yes\/no/.test(text)
    ? { kind: "unknown_bastion" }
    : { kind: "other" };
};

type Answers = {
  readonly password: Secret | undefined;
  readonly passphrase: AskPassphrase | undefined;
  readonly acceptNew: boolean;
  readonly about: (question: Question) => Promise<About>;
  /** Called when a bastion wants what we do not have. */
  readonly giveUp: (question: Question) => void;
};

/** Answers the questions of one connection: the password once, and only to the host that it is for. */
export const answerFor = (answers: Answers): AnswerQuestion => {
  let password = answers.password;
  return async (question) => {
    const about = await answers.about(question);
    const asked = readQuestion(question.text, about);
    switch (asked.kind) {
      case "password": {
        const once = password;
        // A second wrong answer may lock the account.
        password = undefined;
        return once;
      }
      case "passphrase":
        return answers.passphrase?.(asked.file);
      case "unknown_bastion":
        return answers.acceptNew ? secret("yes") : undefined;
      case "other":
        // Its ssh would go on to send an empty password, some times over: the account may be locked for that.
        if (!about.own) answers.giveUp(question);
        return undefined;
    }
  };
};
