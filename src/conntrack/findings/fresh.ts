import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";

/** Seconds for which a drop is a fault now (DOMAIN, Health). */
export const hour = 3600;

/** Age of the counters in seconds where all that they count is of the last hour, and since the last change; else undefined. */
export const countersAge = ({ kernel, lastChange }: Facts): number | undefined => {
  const uptime = valueOf(kernel.uptime);
  const changed = valueOf(lastChange)?.age;
  return uptime !== undefined && uptime < hour && (changed === undefined || changed > uptime) ? uptime : undefined;
};
