import type { Facts, KernelFacts } from "../model/facts.ts";
import { absent, read, unreadable, valueOf } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** One line that an apply leaves: `RUN BOOT_ID SECONDS`, the seconds being that boot's uptime. Of an earlier boot: absent. */
export const parseLastChange = (seen: Seen, kernel: KernelFacts): Facts["lastChange"] => {
  if (seen.sight("var/lib/ctfleet")?.readable === false) return unreadable("/var/lib/ctfleet: no permission");
  const text = seen.text("var/lib/ctfleet/last");
  if (text.kind !== "read") return text;
  const [, run, boot, seconds] = /^([\w-]{1,64}) ([0-9a-f-]{36}) (\d{1,10})(?:\.\d+)?$/.exec(text.value) ?? [];
  if (run === undefined || boot === undefined) return unreadable("/var/lib/ctfleet/last: odd text");
  const uptime = valueOf(kernel.uptime);
  if (kernel.bootId.kind !== "read" || uptime === undefined) return unreadable("this boot's clock could not be read");
  return boot === kernel.bootId.value ? read({ run, age: Math.max(0, Math.round(uptime - Number(seconds))) }) : absent;
};
