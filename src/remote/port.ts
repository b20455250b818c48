import type { Failure } from "../model/failure.ts";
import type { Secret } from "../model/host.ts";

/** Milliseconds that never run backwards, and waits that can be called off. */
export type Clock = {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

/** One program on a host: its argument list, what it reads, and how far it may go. */
export type ExecRequest = {
  /** Quoted by the transport for whatever login shell the account has. */
  readonly command: readonly string[];
  readonly stdin: string;
  /** Milliseconds from the request until the exit status is in. */
  readonly within: number;
  readonly caps: { readonly stdout: number; readonly stderr: number };
  /** Where the command may ask for a password first: standard input is held back until it has begun. */
  readonly prompt?: Prompt;
  /** Run it on a terminal, for programs that ask nowhere else: both output streams are one then. */
  readonly terminal?: boolean;
  /** Could the script change the host? Then a lost contact is `unknown`, not `failed`. */
  readonly changes: boolean;
};

/** How a command asks for a password, and how it says that it runs. */
export type Prompt = {
  /**
   * `marker` holds this run's nonce. It is the prompt itself (`own`), or what we print right before a program that has a
   * prompt of its own (`following`): then the answer waits for words after it that ask for a password.
   */
  readonly kind: "own" | "following";
  readonly marker: string;
  /** A line of its own on standard error, or on the terminal. */
  readonly ready: string;
  /** Written once. Undefined: there is no password, and a prompt is the end. */
  readonly answer: Secret | undefined;
  /** Milliseconds from the request until `ready` must be there. */
  readonly within: number;
};

/** Why the command did not begin: its prompt was repeated, or it is one for which there is no answer, or nothing came. */
export type NotReady = "asked_again" | "no_answer" | "stalled";

export type ExecResult =
  | { readonly kind: "exited"; readonly status: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array }
  /** Standard input was not sent. `words`: what was said instead, without secrets. The connection is over. */
  | { readonly kind: "not_ready"; readonly because: NotReady; readonly answered: boolean; readonly words: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/** One host, connected and logged in. One exec at a time. */
export type Remote = {
  readonly exec: (request: ExecRequest) => Promise<ExecResult>;
  /** Destroys the socket; never fails, may be called twice. */
  readonly close: () => void;
};

/**
 * The first server on the way to a host: its address and port as text, and whether it is the host or a bastion before it. Hosts
 * with the same key go through the same one, which bounds how many log in at once.
 */
export type Entrance = { readonly key: string; readonly kind: "itself" | "bastion" };

export type ConnectResult =
  | { readonly kind: "connected"; readonly remote: Remote }
  | { readonly kind: "failed"; readonly failure: Failure };
