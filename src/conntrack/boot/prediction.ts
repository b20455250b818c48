import type { SysctlKey } from "../../model/brand.ts";

/** One value as it will be, and why: which file and line, which order, loaded when. */
export type Predicted = {
  /** Undefined where it cannot be told (a file that could not be read, a rival that writes it at its start). */
  readonly value: number | undefined;
  /** One sentence; file and line stand in it. */
  readonly because: string;
};

/** When connection tracking comes into the kernel. `never`: nothing loads it, so there are no values. */
export type Loaded = {
  readonly when: "built_in" | "before_sysctl" | "after_sysctl" | "never" | "unknown";
  readonly because: string;
};

/** What a host will have after an event, by nothing but its facts. Entries, buckets, and values by full key. */
export type Prediction = {
  readonly loaded: Loaded;
  readonly max: Predicted;
  readonly buckets: Predicted;
  /** Every conntrack key that the host has now or that its files set, but max and buckets. */
  readonly keys: ReadonlyMap<SysctlKey, Predicted>;
};
