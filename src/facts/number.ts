import { mapReading, type Reading, unreadable } from "../model/reading.ts";

/** A whole number without sign, blanks or anything else, up to what JavaScript counts exactly; else undefined. */
export const wholeNumber = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
};

/** The same for sizes and counts of what must be there: 0 is undefined, too. */
export const positiveNumber = (text: string | undefined): number | undefined => wholeNumber(text) || undefined;

/** Applies a parser to a text that was read; what it cannot take makes the reading unreadable. */
export const parseReading = <T>(
  reading: Reading<string>,
  what: string,
  parse: (text: string) => T | undefined,
): Reading<T> => {
  if (reading.kind !== "read") return reading;
  const value = parse(reading.value);
  return value === undefined
    ? unreadable(`${what}: odd text ${JSON.stringify(reading.value.slice(0, 40))}`)
    : mapReading(reading, () => value);
};
