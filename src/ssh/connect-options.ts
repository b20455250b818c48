import type { Clock } from "../remote/port.ts";
import type { HostKeys } from "./host-keys.ts";
import type { Identity } from "./identity.ts";

/** Whom to connect to, as whom, and how long that may take. */
export type ConnectOptions = {
  /** A name or an address; the host's key is looked up under it. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: HostKeys;
  readonly identity: Identity;
  /** Milliseconds. `connect` bounds name lookup and TCP, and again the wait for the host's first line. */
  readonly timeouts: { readonly connect: number; readonly login: number };
  readonly clock: Clock;
};
