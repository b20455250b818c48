import type { MemoryFacts } from "../model/facts.ts";
import { absent, mapReading, type Reading, unreadable } from "../model/reading.ts";
import { parseReading, positiveNumber, wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

export const parseMemory = (seen: Seen): MemoryFacts => {
  const meminfo = seen.text("proc/meminfo");
  const total = field(meminfo, "MemTotal", positiveNumber);
  return {
    total: total.kind === "absent" && meminfo.kind === "read" ? unreadable("/proc/meminfo: no MemTotal") : total,
    available: field(meminfo, "MemAvailable", wholeNumber),
    low: field(meminfo, "LowTotal", positiveNumber),
    installed: fromBlocks(seen) ?? mapReading(total, roundedUp),
  };
};

const field = (meminfo: Reading<string>, name: string, number: typeof wholeNumber): Reading<number> => {
  if (meminfo.kind !== "read") return meminfo;
  const line = meminfo.value.split("\n").find((one) => one.startsWith(`${name}:`));
  if (line === undefined) return absent;
  return parseReading({ kind: "read", value: line }, "/proc/meminfo", (text) => {
    const kibibytes = number(/^\w+:\s+(\d+) kB$/.exec(text)?.[1]);
    return kibibytes === undefined ? undefined : kibibytes * 1024;
  });
};

/** Online memory blocks times their size, which is in hexadecimal. Source: DOMAIN, Memory. */
const fromBlocks = (seen: Seen): Reading<number> | undefined => {
  const online = wholeNumber(/^\d+ (\d+)$/.exec(seen.part("blocks") ?? "")?.[1]);
  const size = seen.text("sys/devices/system/memory/block_size_bytes");
  if (online === undefined || online === 0 || size.kind !== "read" || !/^(?!0+$)[0-9a-f]{1,12}$/.test(size.value))
    return undefined;
  return mapReading(size, (hex) => online * Number.parseInt(hex, 16));
};

/** The kernel keeps some memory back: MemTotal is less than what is plugged in. */
const roundedUp = (total: number): number => {
  const step = total < 4 * gibibyte ? 128 * mebibyte : gibibyte;
  return Math.ceil(total / step) * step;
};
