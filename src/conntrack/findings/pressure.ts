import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { counters } from "./counters.ts";
import { finding } from "./finding.ts";
import { countersAge, hour } from "./fresh.ts";
import { belongsToHostBelow } from "./limits.ts";
import { roughDuration } from "./rough-duration.ts";

const nearlyFull = 0.8;

/** Full tables and drops. The log and the counters are cumulative: only what is fresh is a fault (DOMAIN, Health). */
export const pressure = (facts: Facts): readonly Finding[] => {
  const full = fullTable(facts);
  const near = nearFull(facts);
  const counted = counters(facts, { told: full !== undefined });
  const below = belongsToHostBelow(facts);
  const now = [full?.fresh === true ? full.evidence : undefined, near].filter((one) => one !== undefined);
  const old = full?.fresh === false ? [finding("CT102", full.evidence)] : [];
  if (below !== undefined && now.length > 0) return [finding("CT107", [...now, below].join("; ")), ...old, ...counted];
  return [
    ...(full?.fresh === true ? [finding("CT101", full.evidence)] : old),
    ...(near === undefined ? [] : [finding("CT103", near)]),
    ...counted,
  ];
};

/** What the log and the counter of drops say of a full table; undefined where the log is silent and no drop is fresh. */
const fullTable = (facts: Facts): { readonly evidence: string; readonly fresh: boolean } | undefined => {
  const { log } = facts;
  const lines = valueOf(log.full) ?? 0;
  const drops = valueOf(facts.conntrack.statistics)?.get("drop") ?? 0;
  const counted = drops === 0 ? [] : [`drop ${drops}`];
  if (lines === 0) {
    const age = drops > 0 ? countersAge(facts) : undefined;
    return age === undefined
      ? undefined
      : { evidence: `drop ${drops} since the boot ${roughDuration(age)} ago`, fresh: true };
  }
  const age = valueOf(log.newestAge);
  const changed = valueOf(facts.lastChange)?.age;
  const sinceChange = changed === undefined || age === undefined || age < changed;
  const when = age === undefined ? "at an unknown time" : `the newest ${roughDuration(age)} ago`;
  const seen = `${lines} or more lines in ${valueOf(log.source) ?? "the log"}, ${when}`;
  const fresh = ((valueOf(log.recent) ?? 0) > 0 || (age ?? hour) < hour) && sinceChange;
  return { evidence: [seen, ...counted].join(", "), fresh };
};

const nearFull = ({ conntrack }: Facts): string | undefined => {
  const usage = valueOf(conntrack.usage);
  if (usage === undefined || usage < nearlyFull) return undefined;
  return `${valueOf(conntrack.count) ?? "?"} of ${valueOf(conntrack.max) ?? "?"}, ${Math.round(usage * 100)}%`;
};
