import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Clock } from "../remote/port.ts";
import { startDeadline } from "./deadline.ts";
import { slots } from "./slots.ts";
import type { Trouble } from "./trouble.ts";

export type Family = 0 | 4 | 6;

export type LookedUp =
  | { readonly kind: "found"; readonly addresses: NonEmpty<string> }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

/** The addresses of a name in the system's order, within `ms` milliseconds from the start of the question. */
export type NameLookup = (name: string, family: Family, ms: number) => Promise<LookedUp>;

/** Asks the system: hosts file, DNS, whatever it is set up for. Rejects with the system's error code. */
export type AskSystem = (name: string, family: Family) => Promise<readonly string[]>;

const askSystem: AskSystem = async (name, family) =>
  (await lookup(name, { all: true, family })).map(({ address }) => address);

/** A question holds a thread of the four that reading files needs, too. */
const mostAtOnce = 2;

/** Milliseconds after which a name that was not found is asked for again. */
const failureLasts = 30_000;

/** `staleAt`: when to ask again, on the clock; never, as long as nothing went wrong. */
type Entry = { readonly answer: Promise<LookedUp>; staleAt: number };

/** Name lookup for one run: each name is asked for once per family, and an address never. */
export const nameLookup = ({
  clock,
  ask = askSystem,
}: {
  readonly clock: Clock;
  readonly ask?: AskSystem;
}): NameLookup => {
  const entries = new Map<string, Entry>();
  const inSlot = slots(mostAtOnce);

  const keep = (key: string, answer: Promise<LookedUp>): Promise<LookedUp> => {
    const entry: Entry = { answer, staleAt: Number.POSITIVE_INFINITY };
    entries.set(key, entry);
    void answer.then(({ kind }) => {
      if (kind === "trouble") entry.staleAt = clock.now() + failureLasts;
    });
    return answer;
  };
  const start = (key: string, { name, family, ms }: Question): Promise<LookedUp> =>
    new Promise((resolve) => {
      // The slot is held until the system answers, however late that is: so long it has the thread.
      void inSlot(async () => {
        const cancel = startDeadline(clock, ms, () => resolve(notFound(`no answer about ${name} within ${ms} ms`)));
        const answer = await answerOf(ask(name, family), name);
        cancel();
        resolve(answer);
        // Late, and good for the next who asks.
        if (answer.kind === "found") void keep(key, Promise.resolve(answer));
      });
    });

  return (name, family, ms) => {
    const version = isIP(name);
    if (version !== 0) return Promise.resolve(ofAddress(name, version, family));
    const key = `${family} ${name.toLowerCase()}`;
    const entry = entries.get(key);
    return entry && clock.now() < entry.staleAt ? entry.answer : keep(key, start(key, { name, family, ms }));
  };
};

type Question = { readonly name: string; readonly family: Family; readonly ms: number };

const answerOf = async (asked: Promise<readonly string[]>, name: string): Promise<LookedUp> => {
  try {
    const addresses = [...new Set(await asked)];
    return isNonEmpty(addresses) ? { kind: "found", addresses } : notFound(`${name} has no address`);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return { kind: "trouble", trouble: { kind: "socket", code, message } };
  }
};

const notFound = (message: string): LookedUp => ({
  kind: "trouble",
  trouble: { kind: "socket", code: "ENOTFOUND", message },
});

const ofAddress = (address: string, version: number, family: Family): LookedUp => {
  if (family !== 0 && family !== version)
    return notFound(`${address} is no IPv${family} address, and only those may be used`);
  if (/^fe[89ab][0-9a-f]:/i.test(address) && !address.includes("%"))
    return notFound(`${address} is an address of one link: say which (${address}%eth0)`);
  return { kind: "found", addresses: [address] };
};
