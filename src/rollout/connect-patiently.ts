import type { HostName } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import type { Clock, ConnectResult } from "../remote/port.ts";
import type { Effects, OnProgress } from "./effects.ts";
import { type Aside, stay } from "./forks.ts";
import type { Pacer, Turn } from "./pacer.ts";
import type { Budget } from "./pacing.ts";
import { afterTries, endedAs, meaningOf, nextWait, type Spent } from "./patience.ts";

export type Patience = {
  readonly effects: Effects;
  readonly pacer: Pacer;
  readonly budget: Budget;
  readonly stop: AbortSignal;
  readonly onProgress: OnProgress;
  /** Who last got in through each entry. */
  readonly lastIn: Map<string, HostName>;
};

/** Connects when it is the host's turn, and again after a refusal, inside a budget. */
export const connectPatiently = async (host: Host, patience: Patience, aside: Aside): Promise<ConnectResult> => {
  const { effects, stop, onProgress } = patience;
  let spent: Spent = { tries: 0, ms: 0 };
  let last: Failure = { code: "stopped", detail: "", sent: false };
  for (;;) {
    const turn = await takeTurn(host, patience, { again: spent.tries > 0, aside });
    if (turn === undefined) return failed(afterTries(last, spent));
    const tried = await timed(effects.clock, () => tryOnce(host, patience, turn));
    spent = { tries: spent.tries + 1, ms: spent.ms + tried.ms };
    const { result, meaning } = tried.result;
    if (result.kind === "connected") return result;
    last = result.failure;
    const wait = isHopeless(host, patience) ? undefined : nextWait(meaning, spent, patience.budget, effects.random());
    if (wait === undefined || stop.aborted) return failed(afterTries(last, spent));
    onProgress({ kind: "retrying", host: host.name, attempt: spent.tries + 1, because: last, wait });
    const waited = await timed(effects.clock, () => aside(() => patience.pacer.pause(wait)));
    spent = { ...spent, ms: spent.ms + waited.ms };
  }
};

/** Connects once, when it is the host's turn; after a stop at once, since nobody else starts anything then. */
export const connectOnce = async (host: Host, patience: Patience): Promise<ConnectResult> => {
  const turn = await takeTurn(host, patience, { again: false, aside: stay });
  if (turn === undefined) return patience.effects.connect(host);
  try {
    const result = await patience.effects.connect(host);
    // A host that is down says nothing about the servers on the way to it.
    turn.end(result.kind === "connected" ? "welcome" : "other");
    return result;
  } catch (error) {
    turn.end("other");
    throw error;
  }
};

const failed = (failure: Failure): ConnectResult => ({ kind: "failed", failure });

const takeTurn = (
  host: Host,
  { effects, pacer }: Patience,
  { again, aside }: { readonly again: boolean; readonly aside: Aside },
): Promise<Turn | undefined> => {
  const { key } = effects.entry(host);
  const turn = pacer.now(key);
  return turn === undefined ? aside(() => pacer.wait(key, again)) : Promise.resolve(turn);
};

/** One connection. Its turn ends with the login: what runs on the host later is bounded by the forks. */
const tryOnce = async (host: Host, { effects, lastIn }: Patience, turn: Turn) => {
  const entry = effects.entry(host);
  try {
    const result = await effects.connect(host);
    if (result.kind === "connected") {
      turn.end("welcome");
      lastIn.set(entry.key, host.name);
      return { result, meaning: "final" } as const;
    }
    const othersGetIn = ![undefined, host.name].includes(lastIn.get(entry.key));
    const meaning = meaningOf(result.failure, entry, { othersGetIn });
    turn.end(endedAs(result.failure, meaning));
    return { result, meaning };
  } catch (error) {
    turn.end("other");
    throw error;
  }
};

/** An entry that has let nobody in for a whole budget: those who come later are tried once. */
const isHopeless = (host: Host, { effects, pacer, budget }: Patience): boolean => {
  const refusedSince = pacer.refusedSince(effects.entry(host).key);
  return refusedSince !== undefined && effects.clock.now() - refusedSince > budget.within;
};

const timed = async <T>(clock: Clock, work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> => {
  const began = clock.now();
  return { result: await work(), ms: clock.now() - began };
};
