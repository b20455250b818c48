/** Seconds since a kernel line such as `[12345.678901] text`, by the time since boot; undefined without a stamp. */
export const ageByUptime = (line: string, uptime: number | undefined): number | undefined => {
  const stamp = /^(?:<\d+>)?\[ *(\d{1,10}\.\d{1,9})\]/.exec(line)?.[1];
  if (stamp === undefined || uptime === undefined) return undefined;
  return Math.max(0, Math.round(uptime - Number(stamp)));
};

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const day = 86_400;

/**
 * Seconds since a line of syslog, with `now` as the host's date prints it (`2026-11-22T17:06:42+0100`). The short form
 * (`Nov 22 17:06:42`) has no year: the latest that is not in the future. Within an hour of a clock change it may be off by one hour.
 */
export const ageBySyslog = (line: string, now: string): number | undefined => {
  const present = instant(now);
  const wall = instant(now.slice(0, 19));
  if (present === undefined || wall === undefined) return undefined;
  const long = instant(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/.exec(line)?.[0]);
  if (long !== undefined) return Math.max(0, Math.round(present - long));
  const [, name = "", date, clock] = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) /.exec(line) ?? [];
  const month = months.indexOf(name) + 1;
  if (month === 0 || date === undefined || clock === undefined) return undefined;
  const year = Number(now.slice(0, 4));
  const inYear = (one: number) => instant(`${one}-${pad(month)}-${pad(Number(date))}T${clock}`);
  const [thisYear, lastYear] = [inYear(year), inYear(year - 1)];
  const then = thisYear !== undefined && thisYear <= wall + day ? thisYear : lastYear;
  return then === undefined ? undefined : Math.max(0, Math.round(wall - then));
};

/** Seconds since 1970 of an ISO date; without a zone, as if it were UTC. */
const instant = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2") : `${text}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
};

const pad = (number: number): string => String(number).padStart(2, "0");
