import type { HostOrder } from "../model/play.ts";

/**
 * Hosts in the order in which a play takes them; `hosts` stand in the inventory's. Names are compared by code unit, not by a
 * language's rules, and a shuffled order depends on the names and the seed alone: it is the same on every machine.
 */
export const inOrder = <T>(
  hosts: readonly T[],
  { order, seed, nameOf }: { readonly order: HostOrder; readonly seed: number; readonly nameOf: (host: T) => string },
): readonly T[] => {
  const sorted = () => hosts.toSorted((a, b) => compare(nameOf(a), nameOf(b)));
  switch (order) {
    case "inventory":
      return hosts;
    case "reverse_inventory":
      return hosts.toReversed();
    case "sorted":
      return sorted();
    case "reverse_sorted":
      return sorted().toReversed();
    case "shuffle":
      return shuffled(sorted(), seed);
  }
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Fisher and Yates, from the end. */
const shuffled = <T>(hosts: readonly T[], seed: number): readonly T[] => {
  const next = numbers(seed);
  const cards = [...hosts];
  for (let last = cards.length - 1; last > 0; last -= 1) {
    const at = Math.floor((next() / 2 ** 32) * (last + 1));
    [cards[at], cards[last]] = [cards[last] as T, cards[at] as T];
  }
  return cards;
};

/**
 * SplitMix32: 32-bit numbers, each a mix (the finalizer of MurmurHash3) of a counter that goes on by the golden ratio. It need not
 * be hard to guess, only be the same everywhere. The seed counts modulo 2^32.
 */
const numbers = (seed: number): (() => number) => {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
};
