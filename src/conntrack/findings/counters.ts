import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { finding, graveFinding } from "./finding.ts";
import { countersAge } from "./fresh.ts";
import { belongsToHostBelow } from "./limits.ts";
import { roughDuration } from "./rough-duration.ts";

// Some look-ups that begin anew and some entries that lose against their twin are part of any busy gateway.
const manyPerSecond = 1;

/** Counters of /proc/net/stat/nf_conntrack. `told`: drops are told already, with the lines of the log. */
export const counters = (facts: Facts, { told }: { readonly told: boolean }): readonly Finding[] => {
  const statistics = valueOf(facts.conntrack.statistics);
  if (statistics === undefined) return [];
  const count = (name: string) => statistics.get(name) ?? 0;
  const found: Finding[] = [];
  if (count("drop") > 0 && !told) found.push(finding("CT104", `drop ${count("drop")}`));
  // A guest cannot cure it.
  const fresh = countersAge(facts) !== undefined && belongsToHostBelow(facts) === undefined;
  const trouble = ["early_drop", "insert_failed", "search_restart"].flatMap((name) => high(facts, name, count(name)));
  if (trouble.length > 0) found.push((fresh ? graveFinding : finding)("CT105", trouble.join(", ")));
  const tooLong = count("chaintoolong");
  if (tooLong > 0) found.push((fresh ? graveFinding : finding)("CT106", `chaintoolong ${tooLong}${since(facts)}`));
  return found;
};

/** An eviction is trouble by itself; the other counters where they are many for the time since the boot. */
const high = (facts: Facts, name: string, count: number): readonly string[] => {
  const uptime = valueOf(facts.kernel.uptime);
  const rate = uptime === undefined ? Infinity : count / Math.max(uptime, 1);
  if (count === 0 || (name !== "early_drop" && rate < manyPerSecond)) return [];
  return [`${name} ${count}${since(facts)}`];
};

const since = ({ kernel }: Facts): string => {
  const uptime = valueOf(kernel.uptime);
  return uptime === undefined ? "" : ` since the boot ${roughDuration(uptime)} ago`;
};
