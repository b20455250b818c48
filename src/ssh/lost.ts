import { type Line, reasonOf } from "./line.ts";
import type { Phase, Trouble } from "./trouble.ts";

/** What was seen of a host when its connection was lost. */
export type Seen = {
  readonly phase: Phase;
  /** Its words before the identification. */
  readonly greeting: string;
  /** Its identification, or the beginning of it. */
  readonly identification: string;
  /** Its words during authentication. */
  readonly banner: string;
  /** Has it seen something to log in with? */
  readonly tried: boolean;
};

/**
 * Why a connection ended before the login was done. Once there was something to log in with, an end is a refusal: sshd
 * hangs up after too many keys, and on an account that has expired, and trying again could lock the account.
 */
export const lostIn = (
  { phase, greeting, identification, banner, tried }: Seen,
  line: Line,
): Trouble | { readonly kind: "refused"; readonly message: string } => {
  const { message, level, code } = reasonOf(line.gone);
  if (level === "proxy" && phase === "banner") return { kind: "proxy", message };
  if (isOtherProtocol(identification))
    return { kind: "protocol", message: `it says "${identification}": that is not protocol 2.0 of SSH` };
  const byHost = line.way.lost?.aborted !== true && level !== "client-timeout";
  if (phase === "login" && tried && byHost)
    return {
      kind: "refused",
      message: typeof code === "number" || banner !== "" ? `it said: ${banner || message}` : `then ${message}`,
    };
  const unreadable = level === "protocol" && code === undefined;
  if (unreadable || level === "handshake" || (typeof code === "number" && endsOfKeyExchange.includes(code)))
    return { kind: "protocol", message };
  return { kind: "closed", phase, message: greeting === "" ? message : `"${greeting}", ${message}` };
};

/** A whole version that is not 2.0; 1.99 is how a server says that it speaks both. Source: RFC 4253, section 5.1. */
const isOtherProtocol = (identification: string): boolean =>
  /^SSH-[^-]+-/.test(identification) && !/^SSH-(?:2\.0|1\.99)-/.test(identification);

/** Numbers with which a server says goodbye for good: PROTOCOL_ERROR, KEY_EXCHANGE_FAILED, PROTOCOL_VERSION_NOT_SUPPORTED. */
const endsOfKeyExchange = [2, 3, 8];
