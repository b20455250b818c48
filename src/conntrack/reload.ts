import type { LiveValues } from "../model/action.ts";
import type { SysctlKey } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import { valueOf } from "../model/reading.ts";
import { hostNames } from "./boot/host.ts";
import { loadOptions } from "./boot/loading.ts";
import { modprobeConfig } from "./boot/modprobe.ts";
import type { Predicted } from "./boot/prediction.ts";
import { load, notLoaded, run } from "./boot/table.ts";
import { maxNames } from "./keys.ts";

/** The hash size that the module takes when it is loaded anew, and why. */
export const loadedBuckets = (facts: Facts): Predicted =>
  run([load(hostNames(facts), loadOptions(facts, modprobeConfig(facts)))], notLoaded).buckets;

/**
 * What the host has now of every key that can be set: a module that comes anew has forgotten it, and a play that does not name
 * it leaves it alone. Buckets apart.
 */
export const liveValues = ({ conntrack }: Facts): LiveValues => ({
  hashsize: valueOf(conntrack.buckets),
  keys: new Map(
    [...conntrack.keys].filter(
      ([key, value]) => !conntrack.readOnlyKeys.includes(key) && !/_(buckets|count)$/.test(key) && isKept(key, value),
    ),
  ),
});

/** A max of 0, no limit, is never set: the memory guard could not hold. Some keys are other names of max. */
const isKept = (key: SysctlKey, value: string): boolean =>
  /^\d+$/.test(value) && !(maxNames.includes(key) && (value === "0" || !/netfilter/.test(key)));
