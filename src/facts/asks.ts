import { argvKey, type Facts } from "../model/facts.ts";
import { type Reading, read, unreadable } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** A command of which the play needs the exit status, and milliseconds for it. */
export type Ask = { readonly argv: readonly string[]; readonly within: number };

/** Exit status of each program that was asked, in the order of the request; garbled where one is missing. */
export const parseAsks = (
  seen: Seen,
  asks: readonly Ask[],
): { readonly commands: Facts["commands"] } | { readonly garbled: string } => {
  const words = (seen.part("asked") ?? "").split(" ").filter((word) => word !== "");
  if (words.length !== asks.length || words.some((word) => !/^\d{1,3}$/.test(word)))
    return { garbled: "the probe did not tell how each command ended" };
  return { commands: new Map(asks.map((ask, at) => [argvKey(ask.argv), statusOf(ask, Number(words[at]))])) };
};

/** What a program that is killed ends with: 128 and the signal's number. */
const killed = 137;

const statusOf = ({ argv, within }: Ask, status: number): Reading<number> =>
  status === killed
    ? unreadable(`${argv[0] ?? ""}: it did not end within ${seconds(within)} s, or was killed`)
    : read(status);

/** Whole seconds, as every host can count them, from milliseconds. At least one: none would be no bound. */
export const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));
