import { z } from "zod";
import { didYouMean } from "../expr/nearest.ts";
import { type Weekday, type Window, weekdays } from "../model/play.ts";
import { blankLine, closed, line, oneOrMore, show } from "./schema-parts.ts";

const daysExpected = `days: ${weekdays.join(", ")}, or from one to another as in mon-fri`;

const days = blankLine(daysExpected).superRefine((text, context) => {
  const odd = text.split("-").find((day) => !isWeekday(day));
  if (odd === undefined && text.split("-").length < 3) return;
  context.addIssue({
    code: "custom",
    message: `expected ${daysExpected}, found ${show(text)}${didYouMean(odd ?? "", weekdays)}`,
  });
});

const isWeekday = (text: string): text is Weekday => (weekdays as readonly string[]).includes(text);

/** YAML 1.1 reads 22:00 as a number of minutes, so only quoted times are what they look like. */
const time = (last: string) => {
  const error = ({ input }: { readonly input?: unknown }) =>
    `expected a time from "00:00" to "${last}" in quotes, found ${show(input)}`;
  return z.string({ error }).refine((text) => minutesOf(text) <= minutesOf(last), { error });
};

/** Minutes after midnight; infinite where it is no time of a day. */
const minutesOf = (text: string): number => {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined ? Infinity : Number(hours) * 60 + Number(minutes);
};

const zone = line('a time zone, like "Europe/Berlin" or "UTC"').superRefine((name, context) => {
  if (isZone(name)) return;
  const known = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  context.addIssue({
    code: "custom",
    message: `${show(name)} is no time zone, like "Europe/Berlin" or "UTC"${didYouMean(name, known)}`,
  });
});

/** A name of the time zone database. Intl takes offsets, too, which know no summer time. */
const isZone = (name: string): boolean => {
  try {
    return /^[A-Za-z]/.test(name) && Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
};

const window = closed({
  days: oneOrMore(days, daysExpected).optional(),
  from: time("23:59").optional(),
  to: time("24:00").optional(),
  zone,
}).superRefine(({ days: some, from, to }, context) => {
  if ((from === undefined) !== (to === undefined))
    context.addIssue({ code: "custom", message: "needs from and to, or neither for whole days" });
  else if (some === undefined && from === undefined)
    context.addIssue({ code: "custom", message: "is always open: give it days, or from and to" });
});

/** The written form of `window`. */
export const windowSchema = oneOrMore(window, "a map with days, from, to and zone, or a list of them");
type WrittenWindows = z.infer<typeof windowSchema> | undefined;

/** Times in which batches may start. Without days it is every day; without times, the whole of each. */
export const windows = (written: WrittenWindows): readonly Window[] =>
  [written ?? []].flat().map((one) => ({
    days: new Set(one.days === undefined ? weekdays : [one.days].flat().flatMap(daysOf)),
    from: minutesOf(one.from ?? "00:00"),
    to: minutesOf(one.to ?? "24:00"),
    zone: one.zone,
  }));

/** `fri-mon` goes on over the end of the week. */
const daysOf = (text: string): readonly Weekday[] => {
  const [first = 0, last = first] = text.split("-").map((day) => weekdays.findIndex((one) => one === day));
  const count = ((last - first + weekdays.length) % weekdays.length) + 1;
  return [...weekdays, ...weekdays].slice(first, first + count);
};
