import type { SysctlKey } from "../model/brand.ts";
import type { ConfigLine, Facts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { ConntrackTask, Desired, SizeRule } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { configLines, writtenHashsize, writtenMax } from "./config.ts";
import { finding } from "./findings/finding.ts";
import { familyOf, maxKey, settingKey, timeoutKey } from "./keys.ts";
import { kernelMemory, tableBytes } from "./memory.ts";
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
  const written = configLines(facts);
  const max = settle({
    wanted: asked,
    tolerance: task.size.tolerance,
    current: [writtenMax(written), unlimited(valueOf(facts.conntrack.max))],
    lowering: task.allowLower ? { floor: Math.ceil(1.25 * (valueOf(facts.conntrack.count) ?? 0)) } : undefined,
  });
  const buckets = settleBuckets({ task, rule: task.size, max: max.value, facts, written });
  const stands = max.kind === "stands" && buckets.kind === "stands";
  const refused = guardTable({ rule: task.size, facts, max: max.value, buckets: buckets.value, stands });
  if (refused !== undefined) return { kind: "refused", because: refused };
  const keys = new Map<SysctlKey, number>([[maxKey(familyOf(facts)), max.value], ...named.keys.keys]);
  return {
    kind: "desired",
    desired: { max: max.value, buckets: buckets.value, timeouts: named.keys.timeouts, keys },
    findings: [
      ...named.findings,
      ...(max.value > asked.atMost * (1 + task.size.tolerance) && !task.allowLower
        ? [finding("CT702", `max ${max.value} stays; the rule gives ${asked.max}`)]
        : []),
    ],
  };
};

/** Max 0 is no limit: there is nothing to compare with. */
const unlimited = (max: number | undefined): number | undefined => (max === 0 ? undefined : max);

type Wanted = { readonly max: number; readonly atLeast: number; readonly atMost: number };
type Lowering = { readonly floor: number };

type Settled = { readonly kind: "stands" | "new"; readonly value: number };

/**
 * The value to ask for, given what stands now in file and live: one within tolerance of the wanted one stays (the larger
 * of two); a larger one stays too unless lowering is allowed, and then not below its floor.
 */
const settle = (input: {
  readonly wanted: Wanted;
  readonly tolerance: number;
  readonly current: readonly (number | undefined)[];
  readonly lowering: Lowering | undefined;
}): Settled => {
  const { wanted, tolerance, lowering } = input;
  const current = input.current.filter((value) => value !== undefined);
  const near = current.filter(
    (value) => value >= wanted.atLeast * (1 - tolerance) && value <= wanted.atMost * (1 + tolerance),
  );
  if (near.length > 0) return { kind: "stands", value: Math.max(...near) };
  if (lowering !== undefined) return { kind: "new", value: Math.max(wanted.max, lowering.floor) };
  const largest = Math.max(0, ...current);
  return largest > wanted.max ? { kind: "stands", value: largest } : { kind: "new", value: wanted.max };
};

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

// A table that passed the guard yesterday must pass it when memory reads a percent less today.
const slackForWhatStands = 1.1;

/**
 * Refuses a table that would take more than the guard's share of memory when full; with the numbers. `stands`: the host
 * has this table already, so nothing is made worse within some slack.
 */
export const guardTable = (input: {
  readonly rule: Pick<SizeRule, "guard">;
  readonly facts: Facts;
  readonly max: number;
  readonly buckets: number;
  readonly stands: boolean;
}): string | undefined => {
  const memory = kernelMemory(input.facts);
  if (memory === undefined) return "the memory size was not read, so the guard cannot be checked";
  const bytes = tableBytes(input.facts, input);
  if (bytes <= memory * input.rule.guard * (input.stands ? slackForWhatStands : 1)) return undefined;
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  return (
    `a full table of ${input.max} entries in ${input.buckets} buckets takes ${mebibytes(bytes)}, ` +
    `${percent(bytes / memory)} of ${mebibytes(memory)}; the guard allows ${percent(input.rule.guard)}`
  );
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

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
