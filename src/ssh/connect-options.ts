import type { NonEmpty } from "../model/brand.ts";
import type { Clock } from "../remote/port.ts";
import type { Algorithms } from "./config/settings.ts";
import type { HostKeys } from "./host-keys.ts";
import type { Identity } from "./identity.ts";

/** One SSH server on the way: whom to connect to, as whom, and how long that may take. */
export type Endpoint = {
  /** A name or an address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The name under which known_hosts is asked (HostKeyAlias), without a port; undefined: address and port. */
  readonly hostKeyAlias: string | undefined;
  /** Hops are shared where these are the same object: take it from one `hostKeysCache`. */
  readonly hostKeys: HostKeys;
  readonly identity: Identity;
  /** Absent: whatever the library has. */
  readonly algorithms?: Algorithms;
  /** 0: either. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress: string | undefined;
  /** Milliseconds between signs of life, 0 for none, and how many may stay unanswered. */
  readonly keepAlive: { readonly interval: number; readonly countMax: number };
  /**
   * Milliseconds. `connect` bounds the lookup of the name, TCP, and the wait for the host's first line; `login` bounds the
   * key exchange, and again the authentication.
   */
  readonly timeouts: { readonly connect: number; readonly login: number };
};

/** How the bytes get there. */
export type Via =
  | { readonly kind: "direct" }
  /** Through these servers, in the order of travel; hosts that share them share their connections. */
  | { readonly kind: "jump"; readonly hops: NonEmpty<Endpoint> }
  /** Through the standard input and output of a line for the shell (ProxyCommand). */
  | { readonly kind: "command"; readonly command: string };

/** A host and the way to it. */
export type ConnectOptions = Endpoint & { readonly via: Via; readonly clock: Clock };
