import { guardTable } from "../conntrack/guard.ts";
import { predictBoot } from "../conntrack/predict.ts";
import type { Facts } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { ConntrackTask } from "../model/play.ts";

/** The memory guard for what the next boot gives; `after` is the host once the files of the plan are in place. */
export const guardNextBoot = (task: ConntrackTask, facts: Facts, after: Facts): Failure | undefined => {
  if (task.size === undefined) return undefined;
  const { max, buckets } = predictBoot(after);
  // No limit (0) is nobody's wish here: it stands on the host already, and the findings say so.
  if (max.value === undefined || max.value === 0) return undefined;
  const table = { rule: task.size, facts, max: max.value, buckets: buckets.value ?? 0 };
  // What passes as a new table passes as one that stands: most hosts need no second prediction.
  if (guardTable({ ...table, stands: false }) === undefined) return undefined;
  const now = predictBoot(facts);
  const stands = now.max.value === max.value && now.buckets.value === buckets.value;
  const refused = guardTable({ ...table, stands });
  if (refused === undefined) return undefined;
  return { code: "refused_by_guard", detail: `after the next boot ${refused} (${max.because})`, sent: false };
};
