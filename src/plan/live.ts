import { familyOf, maxKey } from "../conntrack/keys.ts";
import { lowered, lowestMax } from "../conntrack/settle.ts";
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

export type LiveAction = Extract<Action, { kind: "set" | "set_hashsize" }>;

/** Values to set, and those that could not be compared. */
type LivePlan = { readonly actions: readonly LiveAction[]; readonly unproven: readonly string[] };

/**
 * Live values that differ from the wanted ones, in the order in which they are set: the hash table grows before max
 * does, and max shrinks before the hash table, so that chains never grow long in between. What is not loaded has no
 * live values, and a larger max or hash table stays unless the play allows lowering.
 */
export const planLive = ({ task, desired, allowLower, facts }: LiveRequest): LivePlan => {
  const max = planMax({ task, desired, allowLower, facts });
  const hashsize = planHashsize({ task, desired, allowLower, facts });
  const others = [...desired.keys].flatMap(([key, to]) =>
    key === maxKey(familyOf(facts)) ? [] : planKey({ task, key, to, facts }),
  );
  const shrinks = max.some((action) => action.kind === "set" && Number(action.to) < Number(action.from));
  const actions = shrinks ? [...max, ...hashsize, ...others] : [...hashsize, ...max, ...others];
  return { actions, unproven: unreadableOf(desired, facts) };
};

/** Live values that the play wants and that could not be read. */
const unreadableOf = (desired: Desired, { conntrack }: Facts): readonly string[] => [
  ...(desired.buckets !== undefined && conntrack.buckets.kind === "unreadable"
    ? [`hashsize: ${conntrack.buckets.because}`]
    : []),
  ...[...desired.keys.keys()]
    .filter((key) => conntrack.unreadableKeys.includes(key))
    .map((key) => `${key} could not be read`),
];

const planMax = ({ task, desired, allowLower, facts }: LiveRequest): readonly LiveAction[] => {
  const live = valueOf(facts.conntrack.max);
  if (desired.max === undefined || live === undefined) return [];
  const to = maxToSet({ live, wanted: desired.max, count: valueOf(facts.conntrack.count), allowLower });
  return to === undefined ? [] : planKey({ task, key: maxKey(familyOf(facts)), to, facts });
};

type MaxRequest = {
  readonly live: number;
  readonly wanted: number;
  readonly count: number | undefined;
  readonly allowLower: boolean;
};

/**
 * 0 is no limit: any number lowers it, and it is never set here, where the memory guard could not hold. Nothing is lowered
 * where it is not known how many entries are in use.
 */
const maxToSet = ({ live, wanted, count, allowLower }: MaxRequest): number | undefined => {
  if (wanted === 0) return undefined;
  if (live !== 0 && live <= wanted) return wanted;
  if (!allowLower || count === undefined) return undefined;
  return lowered(live === 0 ? Infinity : live, wanted, lowestMax(count));
};

const planHashsize = ({ task, desired, allowLower, facts }: LiveRequest): readonly LiveAction[] => {
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
}): readonly LiveAction[] => {
  const { task, key, to } = wanted;
  const from = wanted.facts.conntrack.keys.get(key);
  return from === undefined || from === String(to) ? [] : [{ kind: "set", task, key, from, to: String(to) }];
};
