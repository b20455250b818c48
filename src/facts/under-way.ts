import type { RunId } from "../model/brand.ts";
import type { Facts, KernelFacts } from "../model/facts.ts";
import type { HostLock, Reverted } from "../model/own-facts.ts";
import { absent, mapReading, type Reading, read, unreadable, valueOf } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

const folder = "var/lib/ctfleet";
const run = String.raw`(\d{8}T\d{6}Z-[0-9a-f]{1,40})`;
const boot = "([0-9a-f-]{36})";
const seconds = String.raw`(\d{1,10})(?:\.\d{1,9})?`;

const lockLine = new RegExp(`^${run} ${boot} ${seconds} ${seconds} ([^\n]{1,400})$`);
const pendingLine = new RegExp(String.raw`^${run} (\d{1,6}) ${boot} ${seconds} ${seconds} (-|\d{1,10})$`);
const revertedLine = new RegExp(String.raw`^${run} (\d{1,6}) ${boot} ${seconds} (timeout|boot|asked)$`);

/** `RUN BOOT START TTL OWNER...`. Of an earlier boot, or past its time: nothing remains, and the next run takes it over. */
export const parseLock = (seen: Seen, kernel: KernelFacts): Reading<HostLock> =>
  ownLine(seen, seen.text(`${folder}/lock`), lockLine, ([id, from, start, length, owner]) =>
    mapReading(clockOf(kernel), ({ bootId, uptime }) => ({
      run: id as RunId,
      owner: owner ?? "",
      remaining: from === bootId ? left(Number(start) + Number(length), uptime) : 0,
    })),
  );

/**
 * `RUN PART BOOT START SECONDS AFTER`. What another boot wrote waits for the unit of this one: AFTER counts from this boot's
 * beginning, and is `-` where the change is not to outlive the boot that it was made in.
 */
export const parsePending = (seen: Seen, kernel: KernelFacts): Facts["pending"] => {
  const part = seen.part("pending");
  return ownLine(
    seen,
    part === undefined ? absent : read(part),
    pendingLine,
    ([id, number, from, start, length, after]) =>
      mapReading(clockOf(kernel), ({ bootId, uptime }) => ({
        run: id as RunId,
        part: Number(number),
        remaining: left(from === bootId ? Number(start) + Number(length) : after === "-" ? 0 : Number(after), uptime),
      })),
  );
};

/** `RUN PART BOOT UP WHY`, of whichever boot; what could not be put back stands in the folder of that part. */
export const parseReverted = (seen: Seen): Facts["reverted"] =>
  ownLine(seen, seen.text(`${folder}/reverted`), revertedLine, ([id, number, , , because]) =>
    read({
      run: id as RunId,
      part: Number(number),
      because: because as Reverted["because"],
      left: leftBehind(seen, `${folder}/${id}/${number}/reverted`),
    }),
  );

/** Lines and characters of them that are kept. */
const cap = { lines: 20, text: 300 };

const leftBehind = (seen: Seen, path: string): readonly string[] =>
  (valueOf(seen.lines(path)) ?? [])
    .filter((line) => line.startsWith("left "))
    .slice(0, cap.lines)
    .map((line) => line.slice("left ".length, cap.text));

const ownLine = <T>(
  seen: Seen,
  text: Reading<string>,
  pattern: RegExp,
  parse: (fields: readonly (string | undefined)[]) => Reading<T>,
): Reading<T> => {
  if (seen.sight(folder)?.readable === false) return unreadable(`/${folder}: no permission`);
  if (text.kind !== "read") return text;
  const found = pattern.exec(text.value);
  return found === null ? unreadable(`/${folder}: odd text`) : parse(found.slice(1));
};

const clockOf = ({ bootId, uptime }: KernelFacts): Reading<{ readonly bootId: string; readonly uptime: number }> => {
  const up = valueOf(uptime);
  return bootId.kind === "read" && up !== undefined
    ? read({ bootId: bootId.value, uptime: up })
    : unreadable("this boot's clock could not be read");
};

const left = (end: number, uptime: number): number => Math.max(0, Math.round(end - uptime));
