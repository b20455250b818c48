import type { Facts } from "../model/facts.ts";
import type { SizeRule } from "../model/play.ts";
import { valueOf } from "../model/reading.ts";
import { kernelAtLeast } from "./kernel.ts";
import { kernelMemory, objectSize } from "./memory.ts";

/** What a rule asks for: the table size, and the range of sizes that the rule cannot tell from it on this host. */
export type RuleSize =
  | { readonly kind: "sized"; readonly max: number; readonly atLeast: number; readonly atMost: number }
  /** A fact that the rule needs was not read. */
  | { readonly kind: "unknown"; readonly because: string };

/** The table size that a rule gives, within its floor and ceiling. Entries, not bytes. */
export const ruleSize = (rule: SizeRule, facts: Facts): RuleSize => {
  const clamp = (max: number) => Math.min(Math.max(max, rule.floor), rule.ceiling);
  const exactly = (max: number): RuleSize => ({ kind: "sized", max, atLeast: max, atMost: max });
  switch (rule.rule) {
    case "fixed":
      return exactly(rule.max);
    case "memory": {
      const bytes = kernelMemory(facts);
      if (bytes === undefined) return { kind: "unknown", because: "the memory size was not read" };
      const entries = (size: number) => clamp(significant((bytes * rule.share) / size));
      const size = objectSize(facts);
      return { kind: "sized", max: entries(size.bytes), atLeast: entries(size.atMost), atMost: entries(size.atLeast) };
    }
    case "classic": {
      const installed = valueOf(facts.memory.installed);
      if (installed === undefined) return { kind: "unknown", because: "the memory size was not read" };
      return exactly(clamp(classicMax(installed, valueOf(facts.machine.wordBits) ?? 64)));
    }
    case "cores": {
      const cores = valueOf(facts.machine.cpus);
      if (cores === undefined) return { kind: "unknown", because: "the number of CPUs was not read" };
      return exactly(clamp(significant(Math.max(rule.perCore * cores, rule.minimum))));
    }
  }
};

/** Installed bytes / 16384 / (word bits / 32): 60 GiB on 64 bits give 1966080 (DOMAIN, the runbook). */
export const classicMax = (installed: number, wordBits: number): number =>
  Math.floor(installed / 16384 / (wordBits / 32));

/** Rounds down to 5 significant bits, so that a memory size that moves by a percent seldom moves the result. */
export const significant = (value: number): number => {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(value, 1))) - 4);
  return Math.floor(value / step) * step;
};

/**
 * Entries per bucket where the play does not say: the classic rule had 8; kernels from 5.15 on refuse inserts on long
 * chains, so 1 there and 4 before (DOMAIN, Sizes).
 */
export const bucketsRatio = (rule: SizeRule, facts: Facts): number =>
  rule.bucketsRatio ?? (rule.rule === "classic" ? 8 : kernelAtLeast(valueOf(facts.kernel.release), 5, 15) ? 1 : 4);

/** The kernel rounds the hash table up to whole pages: multiples of PAGE_SIZE / 8 buckets (DOMAIN, Sizes). */
export const roundBuckets = (buckets: number, facts: Facts): number => {
  const step = (valueOf(facts.machine.pageSize) ?? 4096) / (valueOf(facts.machine.wordBits) === 32 ? 4 : 8);
  return Math.max(1, Math.ceil(buckets / step)) * step;
};
