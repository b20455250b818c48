import { type Weekday, type Window, weekdays } from "../model/play.ts";
import { remember } from "../model/remember.ts";

/** Times are milliseconds since 1970. */
export type Opening =
  /** `until`: the first moment at which no window is open; undefined where none comes within the time that is looked at. */
  | { readonly kind: "open"; readonly until: number | undefined }
  /** When a window opens, and its zone; undefined where none does within the time that is looked at. */
  | { readonly kind: "closed"; readonly opens: { readonly at: number; readonly zone: string } | undefined };

const minute = 60_000;
const day = 24 * 60;

// Minutes. A window of one day in a week may fall into the hour that a change to summer time leaves out.
const lookAhead = 15 * day;

/**
 * Is one of these windows open? Pure: by the clock on the wall of each window's zone. So in the night in which an hour is left
 * out a window within that hour does not open, and in the night in which one comes twice it opens twice. No windows: open.
 */
export const isOpen = (windows: readonly Window[], now: number): Opening => {
  if (windows.length === 0) return { kind: "open", until: undefined };
  const begin = Math.floor(now / minute);
  const openAt = windows.map((window) => ({ window, holds: holdsAt(window) }));
  const anyAt = (at: number) => openAt.find(({ holds }) => holds(at))?.window;
  const open = anyAt(begin) !== undefined;
  for (let at = begin + 1; at <= begin + lookAhead; at += 1) {
    const window = anyAt(at);
    if (open && window === undefined) return { kind: "open", until: at * minute };
    if (!open && window !== undefined) return { kind: "closed", opens: { at: at * minute, zone: window.zone } };
  }
  return open ? { kind: "open", until: undefined } : { kind: "closed", opens: undefined };
};

/** Does the window hold in this minute (counted from 1970)? */
const holdsAt = ({ days, from, to, zone }: Window): ((at: number) => boolean) => {
  const aheadOf = offsetsOf(zone);
  return (at) => {
    const local = at + aheadOf(at);
    const time = local % day;
    const beganOn = time < to && from > to ? local - day : local;
    const within = from < to ? from <= time && time < to : from === to || time >= from || time < to;
    return within && days.has(weekdayOf(beganOn));
  };
};

// 1970-01-01 was a Thursday.
const weekdayOf = (local: number): Weekday => weekdays[(Math.floor(local / day) + 3) % 7] as Weekday;

/** Minutes by which a zone's clocks are ahead of UTC. Zones change at quarters of an hour: one question answers for 15 minutes. */
const offsetsOf = (zone: string): ((at: number) => number) => {
  let known = { quarter: Number.NaN, ahead: 0 };
  return (at) => {
    const quarter = Math.floor(at / 15);
    if (known.quarter !== quarter) known = { quarter, ahead: offset(zone, quarter * 15) };
    return known.ahead;
  };
};

const offset = (zone: string, at: number): number => {
  const { year, month, day: date, hour, minute: past } = partsOf(zone, at * minute);
  return Date.UTC(+year, +month - 1, +date, +hour, +past) / minute - at;
};

/** A moment as people of its zone write it: `Mon 2026-11-23 22:00 (Europe/Berlin)`. */
export const localTime = (at: number, zone: string): string => {
  const { weekday, year, month, day: date, hour, minute: past } = partsOf(zone, at);
  return `${weekday} ${year}-${month}-${date} ${hour}:${past} (${zone})`;
};

type Part = "weekday" | "year" | "month" | "day" | "hour" | "minute";

const partsOf = (zone: string, at: number): Readonly<Record<Part, string>> => {
  const found = { weekday: "", year: "", month: "", day: "", hour: "", minute: "" };
  for (const { type, value } of formatOf(zone).formatToParts(at)) if (type in found) found[type as Part] = value;
  return found;
};

// Making one takes longer than a thousand uses of it.
const formatOf = remember(
  (timeZone: string) =>
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      ...{ weekday: "short", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
    }),
);
