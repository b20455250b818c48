import type { Finding } from "../../model/finding.ts";
import { valueOf } from "../../model/reading.ts";
import { guardTable } from "../guard.ts";
import { kernelMemory } from "../memory.ts";
import type { Prediction } from "../predict.ts";
import { finding } from "./finding.ts";
import type { Outlook } from "./wanted.ts";

/** CT503: the table that the next boot gives, where that is another one than now. */
export const bootGuard = ({ now, after }: Outlook, prediction: Prediction, guard: number): readonly Finding[] => {
  const [max, buckets] = [prediction.max.value, prediction.buckets.value];
  if (max === undefined || buckets === undefined || kernelMemory(now) === undefined) return [];
  const { conntrack } = now;
  if (max === valueOf(conntrack.max) && buckets === valueOf(conntrack.buckets)) return [];
  if (max === 0) return [finding("CT503", `nf_conntrack_max will be 0, no limit: ${prediction.max.because}`)];
  const refused = guardTable({ rule: { guard }, facts: after, max, buckets, stands: false });
  return refused === undefined ? [] : [finding("CT503", `${refused} (${prediction.max.because})`)];
};
