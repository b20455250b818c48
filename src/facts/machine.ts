import type { MachineFacts } from "../model/facts.ts";
import { firstRead, type Reading, read, unreadable } from "../model/reading.ts";
import { parseReading, positiveNumber, wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";

export const parseMachine = (seen: Seen): MachineFacts => {
  const arch = parseReading(firstRead(seen.text("proc/sys/kernel/arch"), printed(seen, "arch")), "arch", (text) =>
    /^[\w-]{1,20}$/.test(text) ? text : undefined,
  );
  return {
    arch,
    wordBits: parseReading(arch, "arch", wordBits),
    pageSize: pageSize(seen.text("proc/self/smaps"), arch),
    cpus: cpus(seen),
  };
};

/** As whom the probe ran. */
export const parseUid = (seen: Seen): Reading<number> => parseReading(printed(seen, "uid"), "id -u", wholeNumber);

const printed = (seen: Seen, part: string): Reading<string> => {
  const text = seen.part(part);
  return text === undefined || text === "" ? unreadable(`${part}: the host printed nothing`) : read(text);
};

/** Bits of a kernel word. The kernel's machine name tells, whatever the programs are built for. */
const wordBits = (arch: string): number | undefined => {
  if (/64|^(s390x|alpha)$/.test(arch)) return 64;
  return /^(i[3-6]86|arm|ppc|powerpc|mips|s390|parisc|sh|m68k|sparc|riscv32)/.test(arch) ? 32 : undefined;
};

/** Bytes of a page, from any mapping of our own; where /proc does not say, x86 and s390 have one size only. */
const pageSize = (smaps: Reading<string>, arch: Reading<string>): Reading<number> => {
  const told = parseReading(smaps, "/proc/self/smaps", (text) => {
    const kibibytes = positiveNumber(/^KernelPageSize:\s+(\d+) kB$/m.exec(text)?.[1]);
    return kibibytes && kibibytes * 1024;
  });
  if (told.kind === "read") return told;
  return parseReading(arch, "page size of arch", (name) =>
    /^(x86_64|i[3-6]86|s390x?)$/.test(name) ? 4096 : undefined,
  );
};

const cpus = (seen: Seen): Reading<number> => {
  const stat = parseReading(seen.text("proc/stat"), "/proc/stat", (text) => text.split("\n").length);
  return firstRead(parseReading(seen.text("sys/devices/system/cpu/online"), "cpu/online", countRanges), stat);
};

/** How many numbers a list such as `0-3,8` names. */
const countRanges = (text: string): number | undefined => {
  let count = 0;
  for (const range of text.split(",")) {
    const [, from, to] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range) ?? [];
    if (from === undefined) return undefined;
    const length = Number(to ?? from) - Number(from) + 1;
    if (length < 1) return undefined;
    count += length;
  }
  return count;
};
