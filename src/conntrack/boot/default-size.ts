import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { kernelAtLeast } from "../kernel.ts";
import { kernelMemory } from "../memory.ts";
import { roundBuckets } from "../size.ts";

/** Buckets and entries as the kernel picks them. */
export type TableSize = { readonly buckets: number; readonly max: number };

export type DefaultSize =
  | { readonly kind: "known"; readonly size: TableSize; readonly because: string }
  | { readonly kind: "unknown"; readonly because: string };

/** Buckets above 4 GiB and above 1 GiB of memory, the least, bytes of a bucket in words, and entries per bucket. */
type Rule = {
  readonly above4: number;
  readonly above1: number;
  readonly least: number;
  readonly words: number;
  readonly factor: number;
};

// nf_conntrack_init_start(), with lists of two pointers until 2.6.24; DOMAIN, Sizes.
const first: Rule = { above4: 8192, above1: 8192, least: 16, words: 2, factor: 8 };
const second: Rule = { above4: 16384, above1: 16384, least: 32, words: 1, factor: 4 };
const third: Rule = { ...second, above4: 65536 };
const fourth: Rule = { above4: 262144, above1: 65536, least: 1024, words: 1, factor: 1 };

const gibibyte = 2 ** 30;

/**
 * Rules that the kernel may follow: enterprise kernels keep their number and take changes of later ones, at times that
 * nobody noted.
 */
const rulesOf = (release: string): readonly Rule[] => {
  if (kernelAtLeast(release, 5, 15)) return [fourth];
  if (/\.el[89]|\.el\d+_\d|\.an8|\.oe/.test(release)) return [third, fourth];
  if (kernelAtLeast(release, 3, 19)) return [third];
  if (/\.el7/.test(release)) return [second, third];
  return [isListOfTwo(release) ? first : second];
};

const isListOfTwo = (release: string): boolean => Number(/^2\.6\.(\d+)/.exec(release)?.[1] ?? 99) < 24;

/** The size where no hash size is given, from memory and kernel version. */
export const defaultSize = (facts: Facts): DefaultSize => {
  const release = valueOf(facts.kernel.release);
  const total = valueOf(facts.memory.total) ?? kernelMemory(facts);
  if (release === undefined || total === undefined)
    return {
      kind: "unknown",
      because: "the kernel's default depends on its release and on memory, which were not read",
    };
  const sizes = rulesOf(release).map((rule) => sizeBy(rule, total, facts));
  const distinct = [...new Map(sizes.map((size) => [`${size.buckets} ${size.max}`, size])).values()];
  const [only] = distinct;
  const mebibytes = Math.round(total / 2 ** 20);
  const because = `no hash size is given: the default of kernel ${release} with ${mebibytes} MiB of memory`;
  if (distinct.length === 1 && only !== undefined) return { kind: "known", size: only, because };
  const live = valueOf(facts.conntrack.buckets);
  const seen = distinct.filter(({ buckets }) => buckets === live);
  if (seen.length === 1 && seen[0] !== undefined)
    return { kind: "known", size: seen[0], because: `${because}, as the table is now` };
  const either = distinct.map(({ buckets, max }) => `${max} in ${buckets} buckets`).join(" or ");
  return { kind: "unknown", because: `${because}; that is ${either}, by what the distribution took over` };
};

const sizeBy = (rule: Rule, total: number, facts: Facts): TableSize => {
  const wordBytes = (valueOf(facts.machine.wordBits) ?? 64) / 8;
  const byMemory = Math.floor(total / 16384 / (wordBytes * rule.words));
  const is64 = wordBytes === 8;
  const wanted = is64 && total > 4 * gibibyte ? rule.above4 : total > gibibyte ? rule.above1 : byMemory;
  const buckets = rule === first ? Math.max(wanted, rule.least) : roundBuckets(Math.max(wanted, rule.least), facts);
  return { buckets, max: buckets * rule.factor };
};
