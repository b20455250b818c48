import type { Algorithms } from "./config/settings.ts";
import type { Endpoint } from "./connect-options.ts";
import type { Identity } from "./identity.ts";

/** Would these hops be reached and logged in to alike? Then hosts may share connections to them. */
export const sameHops = (some: readonly Endpoint[], others: readonly Endpoint[]): boolean =>
  some.length === others.length && some.every((one, at) => sameEndpoint(one, others[at]));

const sameEndpoint = (one: Endpoint, other: Endpoint | undefined): boolean =>
  other !== undefined &&
  one.address === other.address &&
  one.port === other.port &&
  one.user === other.user &&
  one.hostKeyAlias === other.hostKeyAlias &&
  one.hostKeys === other.hostKeys &&
  one.family === other.family &&
  one.bindAddress === other.bindAddress &&
  sameAlgorithms(one.algorithms, other.algorithms) &&
  sameIdentity(one.identity, other.identity);

/** Hosts that share a setting share its list, too. */
const sameAlgorithms = (one: Algorithms | undefined, other: Algorithms | undefined): boolean =>
  one?.kex === other?.kex &&
  one?.ciphers === other?.ciphers &&
  one?.macs === other?.macs &&
  one?.hostKeys === other?.hostKeys &&
  one?.pubkey === other?.pubkey &&
  one?.rsaBits === other?.rsaBits;

const sameIdentity = (one: Identity, other: Identity): boolean =>
  one.agentSocket === other.agentSocket &&
  one.onlyNamed === other.onlyNamed &&
  one.password?.reveal() === other.password?.reveal() &&
  one.methods.join() === other.methods.join() &&
  sameFiles(one.keys, other.keys) &&
  sameFiles(one.named, other.named);

const sameFiles = (some: readonly { readonly file: string }[], others: readonly { readonly file: string }[]): boolean =>
  some.length === others.length && some.every(({ file }, at) => file === others[at]?.file);
