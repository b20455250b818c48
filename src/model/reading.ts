/**
 * A value that the probe looked for. `absent` means that the host does not have it; `unreadable` that we could not see
 * (no root, a broken file): the two are never the same, and neither is ever zero or false.
 */
export type Reading<T> =
  | { readonly kind: "read"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly because: string };

export const read = <T>(value: T): Reading<T> => ({ kind: "read", value });
export const absent: Reading<never> = { kind: "absent" };
export const unreadable = (because: string): Reading<never> => ({ kind: "unreadable", because });

/** Applies a function to a value that was read; the other two states pass through. */
export const mapReading = <A, B>(reading: Reading<A>, change: (value: A) => B): Reading<B> =>
  reading.kind === "read" ? read(change(reading.value)) : reading;

/** The value, or `undefined` where it was not read. For places in which absent and unreadable end the same way. */
export const valueOf = <T>(reading: Reading<T>): T | undefined => (reading.kind === "read" ? reading.value : undefined);

/** The first reading that has a value; else the first that is unreadable (it may have had one); else absent. */
export const firstRead = <T>(...readings: readonly Reading<T>[]): Reading<T> =>
  readings.find((one) => one.kind === "read") ?? readings.find((one) => one.kind === "unreadable") ?? absent;
