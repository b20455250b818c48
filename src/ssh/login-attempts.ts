import type { AnyAuthMethod } from "ssh2";
import type { Secret } from "../model/host.ts";
import { type Choose, ClosableAgent, publicPart } from "./agent.ts";
import { asksForCode } from "./asks-for-code.ts";
import type { Identity, LoginMethod, PrivateKey } from "./identity.ts";
import type { KeyRules } from "./key-rules.ts";

type Attempt = {
  /** SSH's name for the method, as the host lists it. */
  readonly means: LoginMethod;
  /** For messages; undefined where the host has seen nothing of it. */
  readonly label: () => string | undefined;
  /** Is there nothing new in it? */
  readonly isSpent: () => boolean;
  readonly method: () => AnyAuthMethod;
};

export type LoginAttempts = {
  /** The next attempt among the methods that the host still takes (undefined: not known yet), or undefined at the end. */
  readonly next: (accepted: readonly string[] | undefined) => AnyAuthMethod | undefined;
  /** What the host has seen of us so far. */
  readonly tried: () => readonly string[];
  /** Closes what is still open to an agent. */
  readonly close: () => void;
};

// sshd itself allows 6 by default; this only makes sure that there is an end.
const most = 20;

type Login = { readonly username: string; readonly identity: Identity; readonly rules: KeyRules };

/**
 * Attempts with each method in the order asked for. The `none` attempt, by which others learn the host's methods, is left
 * out: it costs a round trip.
 */
export const loginAttempts = ({ username, identity, rules }: Login): LoginAttempts => {
  const { keys, password, methods } = identity;
  const agents: ClosableAgent[] = [];
  const offered = new Set<string>();
  const byAgent = (choose: Choose): Attempt[] => {
    if (identity.agentSocket === undefined) return [];
    const agent = new ClosableAgent(
      identity.agentSocket,
      (list) => {
        const fresh = choose(list).filter((key) => !offered.has(publicPart(key)));
        for (const key of fresh) offered.add(publicPart(key));
        return fresh;
      },
      rules,
    );
    agents.push(agent);
    return [
      {
        means: "publickey",
        label: () => (agent.offered === 0 ? undefined : "the agent"),
        isSpent: () => false,
        method: () => ({ type: "agent", username, agent }),
      },
    ];
  };
  const byFile = ({ file, key }: PrivateKey): Attempt => ({
    means: "publickey",
    label: () => file,
    isSpent: () => offered.has(publicPart(key)),
    method: () => {
      offered.add(publicPart(key));
      return { type: "publickey", username, key };
    },
  });
  // sshd closes after a few keys: those that somebody named come before whatever else the agent holds.
  const byKeys = (): Attempt[] => [
    ...(identity.named.length > 0 ? byAgent(namedFirst(identity)) : []),
    ...keys.filter(({ optional }) => !optional).map(byFile),
    ...(identity.onlyNamed ? [] : byAgent((list) => [...list])),
    ...keys.filter(({ optional }) => optional).map(byFile),
  ];
  const byMethod: Record<LoginMethod, () => Attempt[]> = {
    publickey: byKeys,
    password: () => (password ? [byPassword(username, password)] : []),
    "keyboard-interactive": () => (password ? [byAnswer(username, password)] : []),
  };
  const left = methods.flatMap((method) => byMethod[method]()).slice(0, most);
  const tried: Attempt[] = [];
  /** The same password twice would count double where accounts are locked after some failures. */
  const isSecondTry = (attempt: Attempt, accepted: readonly string[] | undefined): boolean =>
    attempt.means !== "publickey" &&
    tried.some(({ means, isSpent }) => means !== "publickey" && isSpent() && accepted?.includes(means) === true);
  const next = (accepted: readonly string[] | undefined): AnyAuthMethod | undefined => {
    for (let attempt = left.shift(); attempt; attempt = left.shift()) {
      if (accepted && !accepted.includes(attempt.means)) continue;
      if (attempt.isSpent() || isSecondTry(attempt, accepted)) continue;
      tried.push(attempt);
      return attempt.method();
    }
    return undefined;
  };
  return {
    next,
    tried: () => [...new Set(tried.map(({ label }) => label()).filter((label) => label !== undefined))],
    close: () => {
      for (const agent of agents) agent.close();
    },
  };
};

/** The agent's keys that files were named for, in the order of the files. */
const namedFirst =
  ({ named }: Identity): Choose =>
  (list) =>
    named.flatMap(({ key }) => list.filter((one) => publicPart(one) === publicPart(key)));

const byPassword = (username: string, password: Secret): Attempt => {
  let sent = false;
  return {
    means: "password",
    label: () => "a password",
    isSpent: () => sent,
    method: () => {
      sent = true;
      return { type: "password", username, password: password.reveal() };
    },
  };
};

/** Answers one hidden question for a password, and nothing else: a second question means that it was refused. */
const byAnswer = (username: string, password: Secret): Attempt => {
  let sent = false;
  let asked = false;
  return {
    means: "keyboard-interactive",
    label: () => "a password (interactive)",
    isSpent: () => sent,
    method: () => ({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        const [question] = prompts;
        const fits = !asked && prompts.length === 1 && question?.echo === false && !asksForCode(question.prompt);
        asked = true;
        sent ||= fits;
        finish(prompts.map(() => (fits ? password.reveal() : "")));
      },
    }),
  };
};
