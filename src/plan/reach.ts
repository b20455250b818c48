import { familyOf, maxKey } from "../conntrack/keys.ts";
import type { Predicted, Prediction } from "../conntrack/predict.ts";
import { roundBuckets } from "../conntrack/size.ts";
import type { SysctlKey } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { Desired } from "../model/play.ts";

/** A wanted value that an event will not bring. `what` is a full key, or `hashsize`. */
export type Shortfall = { readonly what: string; readonly wanted: number; readonly predicted: Predicted };

/** Every wanted value that a prediction does not have. One that cannot be told is not reached. */
export const shortfalls = (desired: Desired, prediction: Prediction, facts: Facts): readonly Shortfall[] => {
  const max = maxKey(familyOf(facts));
  const predicted = (key: SysctlKey): Predicted =>
    key === max ? prediction.max : (prediction.keys.get(key) ?? { value: undefined, because: "it is not known there" });
  const keys = [...desired.keys].map(([key, wanted]) => ({ what: key, wanted, predicted: predicted(key) }));
  const buckets =
    desired.buckets === undefined
      ? []
      : [{ what: "hashsize", wanted: desired.buckets, predicted: rounded(prediction.buckets, facts) }];
  return [...buckets, ...keys].filter((one) => one.predicted.value !== one.wanted);
};

const rounded = ({ value, because }: Predicted, facts: Facts): Predicted => ({
  value: value === undefined ? undefined : roundBuckets(value, facts),
  because,
});

/** `net.netfilter.nf_conntrack_max would be 65536, wanted 300000 (why)`. */
export const shortfallText = ({ what, wanted, predicted }: Shortfall): string =>
  `${what} would be ${predicted.value ?? "what cannot be told"}, wanted ${wanted} (${predicted.because})`;
