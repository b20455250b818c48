import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { finding } from "./finding.ts";

/** Seconds for people: `45 s`, `12 min`, `3 h`, `30 d`. */
const duration = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
};

const nearlyFull = 0.8;
const hour = 3600;

/** Full tables and drops. The log and the counters are cumulative: only fresh lines are a fault (DOMAIN, Health). */
export const pressure = (facts: Facts): readonly Finding[] => {
  const { log, conntrack } = facts;
  const found: Finding[] = [];
  const lines = valueOf(log.full) ?? 0;
  if (lines > 0) {
    const fresh = valueOf(log.recent) ?? 0;
    const age = valueOf(log.newestAge);
    const changed = valueOf(facts.lastChange)?.age;
    const sinceChange = changed === undefined || age === undefined || age < changed;
    const when = age === undefined ? "at an unknown time" : `the newest ${duration(age)} ago`;
    const evidence = `${lines} or more lines in ${valueOf(log.source) ?? "the log"}, ${when}`;
    found.push(finding((fresh > 0 || (age ?? hour) < hour) && sinceChange ? "CT101" : "CT102", evidence));
  }
  const usage = valueOf(conntrack.usage);
  if (usage !== undefined && usage >= nearlyFull)
    found.push(
      finding(
        "CT103",
        `${valueOf(conntrack.count) ?? "?"} of ${valueOf(conntrack.max) ?? "?"}, ${Math.round(usage * 100)}%`,
      ),
    );
  const dropped = ["drop", "early_drop", "insert_failed", "chaintoolong"].flatMap((name) => {
    const count = valueOf(conntrack.statistics)?.get(name) ?? 0;
    return count > 0 ? [`${name} ${count}`] : [];
  });
  if (dropped.length > 0) found.push(finding("CT104", dropped.join(", ")));
  return found;
};
