import type { Facts } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { guardTable } from "../guard.ts";
import { kernelAtLeast } from "../kernel.ts";
import { familyOf, timeoutKey } from "../keys.ts";
import { kernelMemory } from "../memory.ts";
import { needOf } from "../need.ts";
import { finding } from "./finding.ts";
import { belongsToHostBelow } from "./limits.ts";
import { natInUse } from "./nat.ts";

/** Two hours and four minutes, the least that RFC 5382 asks of an idle TCP connection; and the kernel's default. */
const leastEstablished = 7440;
const fiveDays = 432_000;

/** What works now and may not under load. `guard`: the share of memory that a full table may take. */
export const risks = (facts: Facts, guard: number): readonly Finding[] => {
  const { max, buckets } = facts.conntrack;
  const [entries, chains] = [valueOf(max), valueOf(buckets)];
  return [
    ...(entries === undefined || chains === undefined
      ? []
      : [...longChains(facts, entries, chains), ...overGuard(facts, { max: entries, buckets: chains, guard })]),
    ...established(facts),
    ...unused(facts),
  ];
};

const longChains = (facts: Facts, max: number, buckets: number): readonly Finding[] => {
  if (!kernelAtLeast(valueOf(facts.kernel.release), 5, 15) || max / buckets < 4) return [];
  return [finding("CT501", `${max} entries in ${buckets} buckets`)];
};

/** A guest's table is the business of the host below, whose memory it takes. */
const overGuard = (
  facts: Facts,
  { max, buckets, guard }: { readonly max: number; readonly buckets: number; readonly guard: number },
): readonly Finding[] => {
  if (belongsToHostBelow(facts) !== undefined || kernelMemory(facts) === undefined) return [];
  if (max === 0) return [finding("CT502", "nf_conntrack_max is 0: there is no limit")];
  const refused = guardTable({ rule: { guard }, facts, max, buckets, stands: true });
  return refused === undefined ? [] : [finding("CT502", refused)];
};

const established = (facts: Facts): readonly Finding[] => {
  const key = timeoutKey(familyOf(facts), "tcp_established");
  const seconds = Number(facts.conntrack.keys.get(key) ?? Number.NaN);
  if (seconds < leastEstablished) return [finding("CT505", `${key} = ${seconds}`)];
  const nat = seconds >= fiveDays ? natInUse(facts) : undefined;
  return nat === undefined ? [] : [finding("CT504", `${key} = ${seconds}; ${nat}`)];
};

/** Only where every possible user could be seen, and there was none. */
const unused = (facts: Facts): readonly Finding[] => {
  if (valueOf(facts.conntrack.state) !== "module") return [];
  const { seen, unseen } = needOf(facts);
  if (seen.length + unseen.length > 0) return [];
  return [finding("CT506", `${valueOf(facts.conntrack.count) ?? "?"} entries, and no user of the module in sight`)];
};
