import type { RunId } from "../model/brand.ts";
import type { Facts, KernelFacts } from "../model/facts.ts";
import { absent, mapReading, type Reading, read, unreadable, valueOf } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

/** The line that an apply leaves: `RUN BOOT_ID SECONDS`, the seconds being that boot's uptime. Of an earlier boot: absent. */
export const parseLastChange = (seen: Seen, kernel: KernelFacts): Facts["lastChange"] =>
  mapReading(ownRecord(seen, kernel, "last"), ({ run, age }) => ({ run, age: Math.max(0, Math.round(age)) }));

/** A trial's: the same line with how many seconds it was to run. A reboot ends a trial: of an earlier boot it is absent. */
export const parseTrial = (seen: Seen, kernel: KernelFacts): Facts["trial"] => {
  const record = ownRecord(seen, kernel, "trial");
  if (record.kind !== "read") return record;
  const { run, age, length } = record.value;
  if (length === undefined) return unreadable("/var/lib/ctfleet/trial: odd text");
  return read({ run: run as RunId, remaining: Math.max(0, Math.round(length - age)) });
};

type OwnRecord = { readonly run: string; readonly age: number; readonly length: number | undefined };

const line = /^([\w-]{1,64}) ([0-9a-f-]{36}) (\d{1,10}(?:\.\d{1,9})?)(?: (\d{1,10}))?$/;

/** One line under /var/lib/ctfleet, if it is of this boot. Age in seconds, by this boot's clock. */
const ownRecord = (seen: Seen, kernel: KernelFacts, name: "last" | "trial"): Reading<OwnRecord> => {
  if (seen.sight("var/lib/ctfleet")?.readable === false) return unreadable("/var/lib/ctfleet: no permission");
  const text = seen.text(`var/lib/ctfleet/${name}`);
  if (text.kind !== "read") return text;
  const [, run, boot, start, length] = line.exec(text.value) ?? [];
  if (run === undefined || boot === undefined) return unreadable(`/var/lib/ctfleet/${name}: odd text`);
  const uptime = valueOf(kernel.uptime);
  if (kernel.bootId.kind !== "read" || uptime === undefined) return unreadable("this boot's clock could not be read");
  if (boot !== kernel.bootId.value) return absent;
  return read({ run, age: uptime - Number(start), length: length === undefined ? undefined : Number(length) });
};
