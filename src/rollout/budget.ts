import type { BatchSize, Play } from "../model/play.ts";

/** What a play says of how many may fail. */
export type Budget = Pick<Play, "maxFailPercentage" | "maxFail" | "anyErrorsFatal">;

/** What has ended so far. Failed is failed, unreachable, reverted or unknown; each host counts once in a run. */
export type Standing = {
  /** `inside`: may another host of the batch start? `after`: may anything follow the batch? */
  readonly at: "inside" | "after";
  readonly batch: {
    /** From 1. */
    readonly number: number;
    readonly of: number;
    readonly hosts: number;
    /** Those that could not be gathered: nothing was sent to them. */
    readonly unseen: number;
    /** Those that failed otherwise. */
    readonly failed: number;
  };
  /** All hosts of the run; and the failures of earlier batches, of earlier plays too. */
  readonly run: { readonly hosts: number; readonly failed: number };
};

export type Verdict = { readonly kind: "go_on" } | { readonly kind: "stop"; readonly because: string };

/**
 * May the run go on? The rule is written in docs/rolling.md. A limit must be exceeded to stop (Ansible's meaning); the first
 * of several batches is the canary, where one failure stops whatever the limits are. Hosts that could not be gathered do
 * not keep the others of their batch from starting, unless one of those fails or any_errors_fatal is set: nothing was sent.
 */
export const decide = ({ maxFailPercentage, maxFail, anyErrorsFatal }: Budget, standing: Standing): Verdict => {
  const { at, batch, run } = standing;
  const all = batch.unseen + batch.failed;
  if (anyErrorsFatal && all > 0) return stop(`${ofBatch(all, batch.hosts)}; any_errors_fatal is set`);
  const failed = at === "inside" && batch.failed === 0 ? 0 : all;
  if (failed > 0 && batch.number === 1 && batch.of > 1)
    return stop(`${ofBatch(failed, batch.hosts)}, and it is the first: nothing follows a canary that fails`);
  if (exceedsPercent(failed, maxFailPercentage, batch.hosts))
    return stop(`${ofBatch(failed, batch.hosts)}; max_fail_percentage is ${maxFailPercentage}`);
  const total = run.failed + failed;
  if (maxFail !== undefined && exceeds(total, maxFail, run.hosts))
    return stop(`${total} of ${run.hosts} hosts in the run failed; max_fail is ${textOf(maxFail)}`);
  return { kind: "go_on" };
};

const exceeds = (failed: number, limit: BatchSize, hosts: number): boolean =>
  limit.kind === "count" ? failed > limit.hosts : exceedsPercent(failed, limit.percent, hosts);

// In millionths of a percent, which are whole: 0.57 * 100 is less than 57.
const exceedsPercent = (failed: number, percent: number, hosts: number): boolean =>
  failed * 100 * 1e6 > Math.round(percent * 1e6) * hosts;

const textOf = (limit: BatchSize): string => (limit.kind === "count" ? `${limit.hosts}` : `${limit.percent}%`);

const ofBatch = (failed: number, hosts: number): string => `${failed} of ${hosts} hosts in the batch failed`;

const stop = (because: string): Verdict => ({ kind: "stop", because });
