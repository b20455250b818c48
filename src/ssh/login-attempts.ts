import type { AnyAuthMethod } from "ssh2";
import type { Secret } from "../model/host.ts";
import type { ClosableAgent } from "./agent.ts";
import type { Identity } from "./identity.ts";

type Attempt = {
  /** SSH's name for the method, as the host lists it. */
  readonly means: "publickey" | "password" | "keyboard-interactive";
  /** For messages; undefined where the host has seen nothing of it. */
  readonly label: () => string | undefined;
  readonly method: () => AnyAuthMethod;
};

export type LoginAttempts = {
  /** The next attempt among the methods that the host still takes (undefined: not known yet), or undefined at the end. */
  readonly next: (accepted: readonly string[] | undefined) => AnyAuthMethod | undefined;
  /** What the host has seen of us so far. */
  readonly tried: () => readonly string[];
};

// sshd itself allows 6 by default; this only makes sure that there is an end.
const most = 20;

/**
 * Attempts in OpenSSH's order: agent, key files, password. The `none` attempt, by which others learn the host's
 * methods, is left out: it costs a round trip.
 */
export const loginAttempts = (
  username: string,
  identity: Identity,
  agent: ClosableAgent | undefined,
): LoginAttempts => {
  const { keys, password } = identity;
  const left = [
    ...(agent ? [byAgent(username, agent)] : []),
    ...keys.map(
      ({ file, key }): Attempt => ({
        means: "publickey",
        label: () => file,
        method: () => ({ type: "publickey", username, key }),
      }),
    ),
    ...(password ? [byPassword(username, password), byAnswer(username, password)] : []),
  ].slice(0, most);
  const tried: Attempt[] = [];
  const next = (accepted: readonly string[] | undefined): AnyAuthMethod | undefined => {
    for (let attempt = left.shift(); attempt; attempt = left.shift()) {
      if (accepted && !accepted.includes(attempt.means)) continue;
      // The same password twice would count double where accounts are locked after some failures.
      if (attempt.means === "keyboard-interactive" && accepted?.includes("password")) continue;
      tried.push(attempt);
      return attempt.method();
    }
    return undefined;
  };
  return { next, tried: () => tried.map(({ label }) => label()).filter((label) => label !== undefined) };
};

const byAgent = (username: string, agent: ClosableAgent): Attempt => ({
  means: "publickey",
  label: () => (agent.offered === 0 ? undefined : "the agent"),
  method: () => ({ type: "agent", username, agent }),
});

const byPassword = (username: string, password: Secret): Attempt => ({
  means: "password",
  label: () => "a password",
  method: () => ({ type: "password", username, password: password.reveal() }),
});

/** Answers one hidden question with the password and nothing else: a second question means that it was refused. */
const byAnswer = (username: string, password: Secret): Attempt => {
  let unanswered = true;
  return {
    means: "keyboard-interactive",
    label: () => "a password (interactive)",
    method: () => ({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        const fits = unanswered && prompts.length === 1 && prompts[0]?.echo === false;
        unanswered = false;
        finish(prompts.map(() => (fits ? password.reveal() : "")));
      },
    }),
  };
};
