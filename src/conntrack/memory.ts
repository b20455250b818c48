import type { Facts } from "../model/facts.ts";
import { valueOf } from "../model/reading.ts";
import { kernelAtLeast } from "./kernel.ts";
import { familyOf, settingKey } from "./keys.ts";

/** Bytes of slab for one tracked connection, and the range in which the truth lies where it was not read. */
export type ObjectSize = { readonly bytes: number; readonly atLeast: number; readonly atMost: number };

/**
 * Read from the host, else estimated from its kernel: the sizes seen are 256 to 384 bytes (DOMAIN, Memory). Kernels from
 * 5.15 on were all seen with 256; older ones are taken for 320, which a few pass.
 */
export const objectSize = (facts: Facts): ObjectSize => {
  const measured = valueOf(facts.conntrack.objectSize);
  if (measured !== undefined) return { bytes: measured, atLeast: measured, atMost: measured };
  return { bytes: kernelAtLeast(valueOf(facts.kernel.release), 5, 15) ? 256 : 320, atLeast: 256, atMost: 384 };
};

/** An entry of the hash table is one pointer to the head of a chain. */
const bytesPerBucket = (facts: Facts): number => (valueOf(facts.machine.wordBits) ?? 64) / 8;

const natModules = /^(nf_nat|ip_nat|iptable_nat|nf_nat_ipv4)$/;

/** Where the list of modules could not be read NAT is assumed: it costs memory. */
const usesNat = (facts: Facts): boolean => {
  const { loaded } = facts.modules;
  return loaded.kind === "unreadable" || (valueOf(loaded) ?? []).some((module) => natModules.test(module.name));
};

/** What accounting and time stamps add to each entry, in slabs of 8 bytes at least (DOMAIN, Memory: extensions). */
const extensionBytes = (facts: Facts): number => {
  const on = (name: string) => Number(facts.conntrack.keys.get(settingKey(familyOf(facts), name)) ?? 0) > 0;
  const header = 24;
  const parts = (usesNat(facts) ? 24 : 0) + (on("acct") ? 32 : 0) + (on("timestamp") ? 16 : 0);
  return parts === 0 ? 0 : slab(header + parts);
};

/** The kmalloc size that holds so many bytes: powers of two and 96, 192. */
const slab = (bytes: number): number => [32, 64, 96, 128, 192, 256].find((size) => size >= bytes) ?? 256;

/**
 * Bytes of kernel memory at a full table: max x (object + extensions) + buckets x pointer x (2 with NAT, which keeps a
 * second table as large). Model and its measurement: DOMAIN, Memory. Never swapped, not charged to a cgroup.
 */
export const tableBytes = (
  facts: Facts,
  table: { readonly max: number; readonly buckets: number },
  entryBytes = objectSize(facts).bytes,
): number =>
  table.max * (entryBytes + extensionBytes(facts)) + table.buckets * bytesPerBucket(facts) * (usesNat(facts) ? 2 : 1);

/** Bytes that kernel objects may come from: LowTotal where there is one (32-bit PAE), else MemTotal. */
export const kernelMemory = ({ memory }: Facts): number | undefined =>
  valueOf(memory.low.kind === "absent" ? memory.total : memory.low);
