import type { BecomeMethod } from "../model/host.ts";

/** What a refusal says, and what it means. */
type Reason = {
  readonly of: "any" | readonly BecomeMethod[];
  readonly pattern: RegExp;
  readonly because: string;
};

const noPassword = "a password is needed (-K, --ask-become-pass)";
const wrongPassword = "the password was not accepted";
const expiredPassword = "the password has expired: log in by hand and change it";
const expiredAccount = "the account has expired or is locked";
const noSuchUser = "the host does not know the user to become";
const noTerminal = "a terminal is wanted (requiretty in sudoers)";
const noRights = "the program cannot gain rights on this host";
const notPermitted = "doas.conf does not permit the login user to run /bin/sh as that user";

/**
 * The first that fits counts. Words of sudo 1.8 and 1.9, util-linux su 2.38, shadow su 4.8, busybox su 1.36, opendoas
 * 6.8 and Linux-PAM 1.5 in the C locale, and the shells' for a program that they do not find.
 */
export const reasons: readonly Reason[] = [
  {
    of: "any",
    pattern:
      /password (is |has )?expired|(required to|must) change your password|expired, reset your password|change expired password/i,
    because: expiredPassword,
  },
  { of: "any", pattern: /account validation failure|account has expired|Account expired/i, because: expiredAccount },
  { of: ["sudo"], pattern: /incorrect (password|authentication) attempt|Sorry, try again/, because: wrongPassword },
  { of: ["sudo"], pattern: /must have a tty|no tty present|a terminal is required/, because: noTerminal },
  { of: ["sudo"], pattern: /^sudo: (a password is required|no password was provided)/m, because: noPassword },
  {
    of: ["sudo"],
    pattern: /is not in the sudoers file|may not run sudo/,
    because: "the login user is not in sudoers",
  },
  {
    of: ["sudo"],
    pattern: /is not allowed to (execute|run)/,
    because: "sudoers does not allow this user to run /bin/sh as that user",
  },
  { of: ["sudo"], pattern: /^sudo: unknown user/m, because: noSuchUser },
  { of: ["su"], pattern: /^su: user .* does not exist|^su: unknown user|^No passwd entry for/m, because: noSuchUser },
  {
    of: ["su"],
    pattern: /^su: using restricted shell/m,
    because: "the user to become has no login shell",
  },
  { of: ["su"], pattern: /must be run from a terminal/, because: "a terminal is wanted" },
  {
    of: ["su"],
    pattern: /su: Permission denied/,
    because: "a rule of the host keeps the login user from su (pam_wheel: a member of the group wheel may)",
  },
  { of: ["su"], pattern: /Authentication failure|incorrect password/, because: wrongPassword },
  { of: ["doas"], pattern: /^doas: unknown user/m, because: noSuchUser },
  { of: ["doas"], pattern: /^doas: Operation not permitted/m, because: notPermitted },
  { of: ["doas"], pattern: /^doas: doas is not enabled/m, because: "the host has no doas.conf" },
  { of: ["doas"], pattern: /^doas: syntax error/m, because: "the host's doas.conf has an error" },
  { of: ["doas"], pattern: /^doas: Authentication required/m, because: noPassword },
  { of: ["doas"], pattern: /^doas: a tty is required/m, because: "a terminal is wanted" },
  { of: ["doas"], pattern: /^doas: Authentication failed/m, because: wrongPassword },
  {
    of: "any",
    pattern: /must be (suid|setuid) root|must be owned by uid 0|effective uid is not 0|not installed setuid/,
    because: noRights,
  },
  {
    of: "any",
    pattern:
      /\b(sudo|su|doas)['’]?: (command )?not found|Unknown command:? '?(sudo|su|doas)|['‘](\S*\/)?(sudo|su|doas)['’]: No such file/i,
    because: "the host does not have this program",
  },
];
