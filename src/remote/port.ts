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
  /**
   * Where the command asks for a password: `marker` is its prompt, which holds this run's nonce. The answer is written
   * only when the marker shows up on stderr, once. Standard input is held back until `ready` shows up on stderr.
   */
  readonly prompt?: { readonly marker: string; readonly ready: string; readonly answer: Secret };
  /** Could the script change the host? Then a lost contact is `unknown`, not `failed`. */
  readonly changes: boolean;
};

export type ExecResult =
  | { readonly kind: "exited"; readonly status: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array }
  | { readonly kind: "failed"; readonly failure: Failure };

/** One host, connected and logged in. One exec at a time. */
export type Remote = {
  readonly exec: (request: ExecRequest) => Promise<ExecResult>;
  /** Destroys the socket; never fails, may be called twice. */
  readonly close: () => void;
};

export type ConnectResult =
  | { readonly kind: "connected"; readonly remote: Remote }
  | { readonly kind: "failed"; readonly failure: Failure };
