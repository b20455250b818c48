import type { ParsedKey } from "ssh2";
import type { Secret } from "../model/host.ts";

export const loginMethods = ["publickey", "password", "keyboard-interactive"] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** What a login may use. Keys are read once per run. */
export type Identity = {
  /** Private keys from files, in the order of the files. */
  readonly keys: readonly PrivateKey[];
  /** Public keys that the files stand for: of the agent's keys these are offered first. */
  readonly named: readonly NamedKey[];
  /** Is the agent to offer no others (IdentitiesOnly)? */
  readonly onlyNamed: boolean;
  /** Key files that could not be used, each with its reason, for the message when nothing else works. */
  readonly unusable: readonly string[];
  readonly agentSocket: string | undefined;
  readonly password: Secret | undefined;
  /** The methods that may be used, in this order. */
  readonly methods: readonly LoginMethod[];
};

export type NamedKey = { readonly file: string; readonly key: ParsedKey };

/** `optional`: from one of the usual places; keys that somebody named are offered before those. */
export type PrivateKey = NamedKey & { readonly optional: boolean };
