import { defaultGuard } from "../conntrack/guard.ts";
import type { SizeRule } from "../model/play.ts";
import { percentOf } from "./schema-parts.ts";
import { report, type Spot } from "./spot.ts";
import type { WrittenSize } from "./written-tasks.ts";

const share = (written: string | undefined, otherwise: number): number =>
  written === undefined ? otherwise : percentOf(written) / 100;

/** The kernel keeps the table size in an int. */
const largest = 2_147_483_647;

/**
 * A written size with its defaults. `memory` is kept between 65536 and 4194304; `classic` and `cores` are as their
 * formulas give them; `cores` is kube-proxy's rule (DOMAIN, rival writers). `fixed` is met exactly unless told otherwise.
 */
export const sizeRule = (spot: Spot, written: WrittenSize): SizeRule => {
  const common = {
    bucketsRatio: written.buckets_ratio,
    tolerance: share(written.tolerance, written.rule === "fixed" ? 0 : 0.1),
    guard: share(written.guard, defaultGuard),
  };
  if (written.rule === "fixed") {
    const { max, buckets } = written;
    if (buckets !== undefined && written.buckets_ratio !== undefined)
      report(spot, "buckets and buckets_ratio say the same thing: give one of them");
    if (buckets !== undefined && buckets > max)
      report(spot, `${buckets} buckets are more than the ${max} entries of the table`);
    return { ...common, rule: "fixed", floor: 1, ceiling: largest, max, buckets };
  }
  const [low, high] = written.rule === "memory" ? [65_536, 4_194_304] : [1, largest];
  const limits = { ...common, floor: written.floor ?? low, ceiling: written.ceiling ?? high };
  if (limits.floor > limits.ceiling) report(spot, `the floor ${limits.floor} is above the ceiling ${limits.ceiling}`);
  switch (written.rule) {
    case "memory":
      return { ...limits, rule: "memory", share: share(written.share, 0.05) };
    case "classic":
      return { ...limits, rule: "classic" };
    case "cores":
      return { ...limits, rule: "cores", perCore: written.per_core ?? 32_768, minimum: written.minimum ?? 131_072 };
  }
};
