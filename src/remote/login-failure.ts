import type { Failure } from "../model/failure.ts";

/**
 * Did the login account itself refuse to run anything? For a command that failed and printed no frame. Words of sshd and
 * PAM (a password to be changed), nologin of util-linux, shadow and the BSDs.
 */
export const loginFailure = (words: string): Failure | undefined => {
  // Then it is the account to become that has no shell.
  if (/^su: using restricted shell/m.test(words)) return undefined;
  const because = reasons.find(({ pattern }) => pattern.test(words))?.because;
  return because === undefined
    ? undefined
    : { code: "account_unusable", detail: `${because}: ${words.trim()}`, sent: false };
};

const reasons: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  {
    pattern: /Password change required but no TTY available/,
    because: "the login account's password has expired: log in by hand and change it",
  },
  {
    pattern: /^This account is (currently )?not available/m,
    because: "the login account has no shell (nologin)",
  },
];
