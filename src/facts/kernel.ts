import type { BootId } from "../model/brand.ts";
import type { KernelFacts } from "../model/facts.ts";
import { parseReading } from "./number.ts";
import type { Seen } from "./seen.ts";

export const parseKernel = (seen: Seen): KernelFacts => ({
  release: parseReading(seen.text("proc/sys/kernel/osrelease"), "kernel release", (text) =>
    /^\d[\w.+~-]*$/.test(text) ? text : undefined,
  ),
  bootId: parseReading(seen.text("proc/sys/kernel/random/boot_id"), "boot_id", parseBootId),
  uptime: parseReading(seen.text("proc/uptime"), "/proc/uptime", parseUptime),
  commandLine: seen.text("proc/cmdline"),
});

/** A boot's id, if the text is one: a stale copy cannot be told, but an empty or an error's text can. */
const parseBootId = (text: string): BootId | undefined =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) && !/^[0-]+$/.test(text) ? (text as BootId) : undefined;

const parseUptime = (text: string): number | undefined => {
  const seconds = /^(\d{1,12}(?:\.\d{1,9})?) /.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
};
