import type { Failure } from "../model/failure.ts";
import type { Secret } from "../model/host.ts";
import type { ExecRequest } from "./port.ts";

/** As whom a script runs: the login user, or another one through sudo. */
export type Become =
  | { readonly kind: "no" }
  | { readonly kind: "sudo"; readonly user: string; readonly password: Secret | undefined };

type BecomeOptions = {
  readonly become: boolean;
  readonly user: string;
  readonly loginUser: string;
  readonly password: Secret | undefined;
};

/** Nothing to become where the login user is already the wanted one (Ansible's default). */
export const becomeFor = ({ become, user, loginUser, password }: BecomeOptions): Become =>
  become && user !== loginUser ? { kind: "sudo", user, password } : { kind: "no" };

/**
 * The argument list that reads a script from standard input as the wanted user. With a password the script is held
 * back until the shell has said that it runs: a sudo that needs no password would else take the answer for a command.
 */
export const becomeCommand = (become: Become, nonce: string): Pick<ExecRequest, "command" | "prompt"> => {
  if (become.kind === "no") return { command: ["/bin/sh", "-s"] };
  const { user, password } = become;
  if (!password) return { command: ["sudo", "-H", "-n", "-u", user, "--", "/bin/sh", "-s"] };
  const marker = `[ctfleet ${nonce}] password: `;
  const ready = `ctfleet-${nonce}-ready`;
  const start = `echo ${ready} >&2; exec /bin/sh -s`;
  return {
    command: ["sudo", "-H", "-S", "-p", marker, "-u", user, "--", "/bin/sh", "-c", start],
    prompt: { marker, ready, answer: password },
  };
};

/**
 * Did sudo refuse? For a command that failed and printed no frame: its exit status and stderr. Undefined where the
 * script itself failed. Texts: sudo 1.8 to 1.9, and the shells' for a program that they do not find.
 */
export const becomeFailure = (status: number, stderr: string): Failure | undefined => {
  const said = reasons.find(({ pattern }) => pattern.test(stderr))?.because;
  // In another language: sudo ends with 1 and either names itself, its rules or the command that it did not run.
  const inOtherWords = status === 1 && stderr.split("\n").some((line) => foreign.test(line) && !harmless.test(line));
  const because = said ?? (status === 127 ? "the shell did not find sudo" : inOtherWords ? "sudo refused" : undefined);
  if (because === undefined) return undefined;
  const words = stderr.trim();
  return { code: "become_refused", detail: words === "" ? because : `${because}: ${words}`, sent: false };
};

const foreign = /^sudo: |sudoers|\/bin\/sh -[cs]/;
const harmless = /^sudo: unable to resolve host|^sudo: setrlimit/;

const reasons: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  { pattern: /incorrect password attempt|Sorry, try again/, because: "sudo did not accept the password" },
  {
    pattern: /^sudo: (a password is required|no password was provided)/m,
    because: "sudo wants a password (--ask-become-pass)",
  },
  {
    pattern: /must have a tty|no tty present|a terminal is required/,
    because: "sudo wants a terminal (requiretty in sudoers)",
  },
  { pattern: /is not in the sudoers file|may not run sudo/, because: "the login user is not in sudoers" },
  { pattern: /is not allowed to (execute|run)/, because: "sudoers does not allow this user to run /bin/sh" },
  { pattern: /^sudo: unknown user/m, because: "the host does not know the user to become" },
  {
    pattern: /must be (setuid root|owned by uid 0)|effective uid is not 0/,
    because: "sudo cannot gain rights on this host",
  },
  { pattern: /\bsudo: (command )?not found|Unknown command:? '?sudo/i, because: "the host has no sudo" },
];
