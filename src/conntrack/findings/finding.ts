import type { Finding } from "../../model/finding.ts";
import { catalogue, type FindingCode } from "./catalogue.ts";

/** A finding of the catalogue with what was seen on this host. */
export const finding = (code: FindingCode, evidence: string): Finding => {
  const { severity, title, remedy } = catalogue[code];
  return { code, severity, title, remedy, evidence };
};

/** Places, of which a hostile file has thousands: the first ten, and how many more there are. */
export const listPlaces = (places: readonly string[], between = ", "): string => {
  const more = places.length - most;
  return more <= 0 ? places.join(between) : `${places.slice(0, most).join(between)} and ${more} more`;
};

const most = 10;

/** Codes that are a fault only while they are fresh, or only where it is certain. */
type GravityCode = {
  [Code in FindingCode]: (typeof catalogue)[Code] extends { worst: string } ? Code : never;
}[FindingCode];

/** The same at its worst severity, where the catalogue has two. */
export const graveFinding = (code: GravityCode, evidence: string): Finding => ({
  ...finding(code, evidence),
  severity: catalogue[code].worst,
});
