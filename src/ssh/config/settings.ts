import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import type { NonEmpty } from "../../model/brand.ts";

/** What ssh_config says of one host, as OpenSSH takes it: tokens expanded, the first value of each keyword taken. */
export type SshSettings = {
  /** The name or address to connect to. */
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly addressFamily: "any" | "inet" | "inet6";
  readonly bindAddress: string | undefined;
  /** Seconds; undefined: not set, `none` or 0. */
  readonly connectTimeout: number | undefined;
  readonly connectionAttempts: number;
  /** Seconds; 0: none are sent. */
  readonly serverAliveInterval: number;
  readonly serverAliveCountMax: number;
  readonly hostKeyAlias: string | undefined;
  /** Paths, `~` and tokens expanded. Empty where `none` is written. */
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: "yes" | "accept-new" | "ask" | "no";
  readonly hashKnownHosts: boolean;
  /** Key files that somebody named (a missing one is told); undefined: none named, the usual places are tried. */
  readonly identityFiles: readonly string[] | undefined;
  readonly identitiesOnly: boolean;
  /** Path of the agent's socket; undefined: no agent. */
  readonly identityAgent: string | undefined;
  /** Which of publickey, password and keyboard-interactive may be used, in this order. */
  readonly authentications: readonly ("publickey" | "password" | "keyboard-interactive")[];
  readonly algorithms: Algorithms;
  readonly proxy: Proxy;
  /**
   * Settings that only the OpenSSH program honours (`Match exec ...` at FILE:LINE, `GSSAPIAuthentication yes`...), for people;
   * empty: our own transport can reach the host.
   */
  readonly needsOpenssh: readonly string[];
  /**
   * Why nobody may go on with this host, neither our transport nor the program (an unknown token, an option that ssh has not, a
   * user name with shell characters for ProxyCommand); empty as a rule.
   */
  readonly refusals: readonly string[];
};

/**
 * What the configuration allows, of what our own transport has: lists in the order of preference; undefined: not set.
 * Hosts that share a setting share its list.
 */
export type Algorithms = {
  readonly kex: readonly KexAlgorithm[] | undefined;
  readonly ciphers: readonly CipherAlgorithm[] | undefined;
  readonly macs: readonly MacAlgorithm[] | undefined;
  /** Signatures by hosts. */
  readonly hostKeys: readonly ServerHostKeyAlgorithm[] | undefined;
  /** Signatures by our own keys. */
  readonly pubkey: readonly ServerHostKeyAlgorithm[] | undefined;
  /** Bits that an RSA key has at least, a host's and our own. */
  readonly rsaBits: number | undefined;
};

export type Proxy =
  | { readonly kind: "none" }
  /** Names of hosts to go through, in the order of travel; each has settings of its own. */
  | { readonly kind: "jump"; readonly hops: NonEmpty<Hop> }
  /** A line for the user's shell, tokens expanded, whose standard input and output are the connection. */
  | { readonly kind: "command"; readonly command: string };

/** `[user@]host[:port]` of ProxyJump, before that host's own settings. */
export type Hop = { readonly host: string; readonly user: string | undefined; readonly port: number | undefined };
