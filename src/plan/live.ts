import { familyOf, maxKey } from "../conntrack/keys.ts";
import type { Action } from "../model/action.ts";
import type { SysctlKey } from "../model/brand.ts";
import type { Facts } from "../model/facts.ts";
import type { Desired } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";

type LiveRequest = {
  readonly task: string;
  readonly desired: Desired;
  readonly allowLower: boolean;
  readonly facts: Facts;
};

/**
 * Live values that differ from the wanted ones, in the order in which they are set: the hash table grows before max
 * does, and max shrinks before the hash table, so that chains never grow long in between. What is not loaded has no
 * live values, and a larger max or hash table stays unless the play allows lowering.
 */
export const planLive = ({ task, desired, allowLower, facts }: LiveRequest): readonly Action[] => {
  const max = planMax({ task, desired, allowLower, facts });
  const hashsize = planHashsize({ task, desired, allowLower, facts });
  const others = [...desired.keys].flatMap(([key, to]) =>
    key === maxKey(familyOf(facts)) ? [] : planKey({ task, key, to, facts }),
  );
  const shrinks = max.some((action) => action.kind === "set" && Number(action.to) < Number(action.from));
  return shrinks ? [...max, ...hashsize, ...others] : [...hashsize, ...max, ...others];
};

const planMax = ({ task, desired, allowLower, facts }: LiveRequest): readonly Action[] => {
  const live = valueOf(facts.conntrack.max);
  if (desired.max === undefined || live === undefined) return [];
  // 0 is no limit: any number lowers it.
  const lowers = live === 0 || live > desired.max;
  return lowers && !allowLower ? [] : planKey({ task, key: maxKey(familyOf(facts)), to: desired.max, facts });
};

const planHashsize = ({ task, desired, allowLower, facts }: LiveRequest): readonly Action[] => {
  const live = valueOf(facts.conntrack.buckets);
  if (desired.buckets === undefined || live === undefined || live === desired.buckets) return [];
  if (live > desired.buckets && !allowLower) return [];
  return [{ kind: "set_hashsize", task, from: live, to: desired.buckets }];
};

const planKey = (wanted: {
  readonly task: string;
  readonly key: SysctlKey;
  readonly to: number;
  readonly facts: Facts;
}): readonly Action[] => {
  const { task, key, to } = wanted;
  const from = wanted.facts.conntrack.keys.get(key);
  return from === undefined || from === String(to) ? [] : [{ kind: "set", task, key, from, to: String(to) }];
};
