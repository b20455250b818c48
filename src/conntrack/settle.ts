/** What a rule gives, and the range that cannot be told from it. */
type Wanted = { readonly max: number; readonly atLeast: number; readonly atMost: number };

/** `stands`: the host has this value already, in a file or live. */
export type Settled = { readonly kind: "stands" | "new"; readonly value: number };

/** Entries in use need this much room: below it a smaller max would drop packets at once. */
export const lowestMax = (count: number): number => Math.ceil(1.25 * count);

// What the entries in use stand in the way of is tried again when there is this much to gain: counts move all the time.
const worthLowering = 1.1;

/**
 * What a larger value may be lowered to now: the wanted one, or as near to it as the floor allows where that gains a
 * tenth or more; undefined: it stays. Never more than it is.
 */
export const lowered = (from: number, wanted: number, floor: number): number | undefined => {
  const to = Math.max(wanted, Math.min(floor, from));
  return to === wanted || from > to * worthLowering ? to : undefined;
};

/**
 * The value to ask for, given what stands now in file and live: one within tolerance of the wanted one stays (the larger
 * of two); a larger one stays too unless lowering is allowed.
 */
export const settle = (input: {
  readonly wanted: Wanted;
  readonly tolerance: number;
  /** What stands in files and live, where it does; `Infinity` is no limit. */
  readonly current: readonly (number | undefined)[];
  readonly lowering: { readonly floor: number } | undefined;
}): Settled => {
  const { wanted, tolerance, lowering } = input;
  const current = input.current.filter((value) => value !== undefined);
  const near = current.filter(
    (value) => value >= wanted.atLeast * (1 - tolerance) && value <= wanted.atMost * (1 + tolerance),
  );
  if (near.length > 0) return { kind: "stands", value: Math.max(...near) };
  const largest = Math.max(0, ...current);
  if (largest <= wanted.max) return { kind: "new", value: wanted.max };
  const to = lowering === undefined ? undefined : lowered(largest, wanted.max, lowering.floor);
  return to === undefined ? { kind: "stands", value: largest } : { kind: "new", value: to };
};
