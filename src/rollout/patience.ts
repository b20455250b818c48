import type { Failure } from "../model/failure.ts";
import type { Entrance } from "../remote/port.ts";
import type { Ended } from "./lane.ts";
import type { Budget } from "./pacing.ts";

/** What a failed try means: the server turned us away, nobody answered, either of both, or it would end the same way again. */
export type Meaning = "refused" | "silent" | "unclear" | "final";

/**
 * A busy sshd cuts connections at random (MaxStartups), later ones drop them for a while (PerSourcePenalties), and a full
 * table loses the first packets of new ones. All else does not pass by itself. Silence is a refusal where others do get
 * in to the same server; behind a bastion it tells of the host alone.
 */
export const meaningOf = ({ code }: Failure, entry: Entrance, { othersGetIn }: { othersGetIn: boolean }): Meaning => {
  switch (code) {
    case "connection_lost_before_login":
      return "refused";
    case "connect_timeout":
    case "banner_timeout":
      return othersGetIn && entry.kind === "itself" ? "refused" : "silent";
    // The command may be wrong, or its ssh was turned away by a bastion that takes others.
    case "proxy_failed":
      return othersGetIn ? "refused" : "unclear";
    default:
      return "final";
  }
};

/** What a try says of the server that it went to first. */
export const endedAs = (failure: Failure | undefined, meaning: Meaning): Ended => {
  if (failure === undefined) return "welcome";
  if (meaning === "refused") return "refused";
  return letIn.has(failure.code) ? "welcome" : "other";
};

// The server took the time to talk to us.
const letIn: ReadonlySet<Failure["code"]> = new Set([
  "login_refused",
  "host_key_unknown",
  "host_key_changed",
  "host_key_revoked",
]);

/** What a host has had: how many tries, and milliseconds of trying and waiting between them. */
export type Spent = { readonly tries: number; readonly ms: number };

/** Milliseconds until the next try; undefined: this was the last. `random` is from 0 to 1. */
export const nextWait = (meaning: Meaning, spent: Spent, budget: Budget, random: number): number | undefined => {
  if (meaning === "final" || spent.tries >= budget.tries[meaning]) return undefined;
  const wait = Math.min(budget.longestWait, budget.firstWait * 2 ** (spent.tries - 1)) * (0.5 + random);
  return spent.ms + wait > budget.within ? undefined : wait;
};

/** The last failure, with how often and how long the host was tried. */
export const afterTries = (failure: Failure, { tries, ms }: Spent): Failure =>
  tries <= 1 ? failure : { ...failure, detail: joined(failure.detail, `tried ${tries} times in ${seconds(ms)}`) };

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("; ");

const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);
