import { type HostReport, type OutcomeKind, outcomes } from "../model/outcome.ts";

/** How many hosts ended in each way; ways in which none ended are left out. The counts add up to the hosts. */
export const summarise = (hosts: readonly HostReport[]): Partial<Record<OutcomeKind, number>> =>
  Object.fromEntries(
    outcomes
      .map((kind) => [kind, hosts.filter((host) => host.outcome.kind === kind).length] as const)
      .filter(([, count]) => count > 0),
  );

/** Best first, worst last, so that what needs a person stands where the eye ends up. */
const order: readonly OutcomeKind[] = [
  "skipped",
  "compliant",
  "changed",
  "drifted",
  "not_attempted",
  "unreachable",
  "reverted",
  "failed",
  "unknown",
];

/** Hosts with the worst last, and first among the failed those that are gone; hosts that ended alike keep their order. */
export const worstLast = (hosts: readonly HostReport[]): readonly HostReport[] =>
  [...hosts].sort(
    (a, b) => order.indexOf(a.outcome.kind) - order.indexOf(b.outcome.kind) || Number(isGone(b)) - Number(isGone(a)),
  );

/** Was it rebooted, and did it not come back, or not stay? */
const isGone = ({ outcome }: HostReport): boolean =>
  "failure" in outcome && (outcome.failure.code === "not_back" || outcome.failure.code === "not_stable");
