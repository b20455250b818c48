import type { SysctlKey } from "../model/brand.ts";
import type { ConfigLine, Facts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { ConntrackTask, Desired, SizeRule } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { configLines, writtenHashsize, writtenMax } from "./config.ts";
import { finding } from "./findings/finding.ts";
import { guardTable } from "./guard.ts";
import { familyOf, maxKey, settingKey, timeoutKey } from "./keys.ts";
import { lowestMax, type Settled, settle } from "./settle.ts";
import { bucketsRatio, roundBuckets, ruleSize } from "./size.ts";

/** What a conntrack task means on one host. */
export type Desire =
  | { readonly kind: "desired"; readonly desired: Desired; readonly findings: readonly Finding[] }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "unknown"; readonly because: string };

/** Sizes the table and names the keys for one host. Pure; entries, buckets and seconds. */
export const desire = (task: ConntrackTask, facts: Facts): Desire => {
  const named = nameKeys(task, facts);
  if (task.size === undefined)
    return {
      kind: "desired",
      desired: { max: undefined, buckets: undefined, ...named.keys },
      findings: named.findings,
    };
  const asked = ruleSize(task.size, facts);
  if (asked.kind === "unknown") return asked;
  const { count } = facts.conntrack;
  if (task.allowLower && count.kind === "unreadable")
    return {
      kind: "unknown",
      because: `the number of entries was not read, so nothing can be lowered: ${count.because}`,
    };
  const written = configLines(facts);
  const live = orNoLimit(valueOf(facts.conntrack.max));
  const max = settle({
    wanted: asked,
    tolerance: task.size.tolerance,
    current: [orNoLimit(writtenMax(written)), live],
    lowering: task.allowLower ? { floor: lowestMax(valueOf(count) ?? 0) } : undefined,
  });
  const entries = max.value === noLimit ? asked.max : max.value;
  const buckets = settleBuckets({ task, rule: task.size, max: entries, facts, written });
  const stands = max.kind === "stands" && buckets.kind === "stands";
  const refused = guardTable({ rule: task.size, facts, max: entries, buckets: buckets.value, stands });
  if (refused !== undefined) return { kind: "refused", because: refused };
  const value = max.value === noLimit ? 0 : max.value;
  const larger = Math.max(max.value, live ?? 0) > asked.atMost * (1 + task.size.tolerance) && !task.allowLower;
  return {
    kind: "desired",
    desired: {
      max: value,
      buckets: buckets.value,
      timeouts: named.keys.timeouts,
      keys: new Map<SysctlKey, number>([[maxKey(familyOf(facts)), value], ...named.keys.keys]),
    },
    findings: [...named.findings, ...(larger ? [finding("CT702", largerText(live ?? max.value, asked.max))] : [])],
  };
};

// The kernel writes "no limit" as 0 (DOMAIN, Sizes): larger than any number.
const noLimit = Infinity;
const orNoLimit = (max: number | undefined): number | undefined => (max === 0 ? noLimit : max);

const largerText = (current: number, asked: number): string =>
  `max ${current === noLimit ? "0 (no limit)" : current} stays; the rule gives ${asked}`;

const settleBuckets = (input: {
  readonly task: ConntrackTask;
  readonly rule: SizeRule;
  readonly max: number;
  readonly facts: Facts;
  readonly written: readonly ConfigLine[];
}): Settled => {
  const { rule, facts } = input;
  const given = rule.rule === "fixed" ? rule.buckets : undefined;
  const wanted = roundBuckets(given ?? Math.ceil(input.max / bucketsRatio(rule, facts)), facts);
  const { kind, value } = settle({
    wanted: { max: wanted, atLeast: wanted, atMost: wanted },
    tolerance: given === undefined ? rule.tolerance : 0,
    current: [writtenHashsize(input.written), valueOf(facts.conntrack.buckets)],
    lowering: input.task.allowLower ? { floor: 0 } : undefined,
  });
  return { kind, value: roundBuckets(value, facts) };
};

/** Short names to the keys that this host's kernel has. While nothing is loaded every name that a kernel could have counts. */
const nameKeys = (task: ConntrackTask, facts: Facts) => {
  const family = familyOf(facts);
  const exists = (key: SysctlKey) => facts.conntrack.keys.size === 0 || facts.conntrack.keys.has(key);
  const resolve = (values: ReadonlyMap<string, number>, toKey: (name: string) => SysctlKey) =>
    [...values].map(([name, value]) => [toKey(name), value] as const);
  const timeouts = resolve(task.timeouts, (name) => timeoutKey(family, name));
  const settings = resolve(task.settings, (name) => settingKey(family, name));
  const missing = [...timeouts, ...settings].filter(([key]) => !exists(key)).map(([key]) => key);
  return {
    keys: {
      timeouts: new Map(timeouts.filter(([key]) => exists(key))),
      keys: new Map([...timeouts, ...settings].filter(([key]) => exists(key))),
    },
    findings: missing.length === 0 ? [] : [finding("CT703", missing.join(", "))],
  };
};
