import type { Inhibitor, PowerFacts } from "../model/facts.ts";
import { absent, firstRead, mapReading, type Reading, read, unreadable } from "../model/reading.ts";
import { runningPrograms } from "./running.ts";
import type { Seen } from "./seen.ts";

/** What stands in the way of a reboot. Without systemd there are no locks and no masks. */
export const parsePower = (seen: Seen): PowerFacts => ({
  inhibitors: inhibitors(seen),
  packageWork: packageWork(seen),
  masked: masked(seen),
});

/** Locks of logind, a file each. Source: systemd's inhibit_save; only `block` refuses a shutdown, `delay` holds it up for a while. */
const inhibitors = (seen: Seen): Reading<readonly Inhibitor[]> => {
  const folder = seen.sight("run/systemd/inhibit");
  if (folder === undefined) return seen.sight("run/systemd/system") === undefined ? absent : read([]);
  if (!folder.readable) return unreadable("/run/systemd/inhibit: no permission");
  const locks = seen.paths.filter((path) => /^run\/systemd\/inhibit\/\d+$/.test(path)).map((path) => seen.lines(path));
  const closed = locks.find((lock) => lock.kind === "unreadable");
  if (closed !== undefined) return closed;
  return read(locks.flatMap((lock) => (lock.kind === "read" ? blocking(lock.value) : [])));
};

const blocking = (lines: readonly string[]): readonly Inhibitor[] => {
  const values = new Map(lines.map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]));
  const isBlock = values.get("MODE") === "block" && (values.get("WHAT") ?? "").split(":").includes("shutdown");
  return isBlock ? [{ who: unescaped(values.get("WHO") ?? ""), why: unescaped(values.get("WHY") ?? "") }] : [];
};

const letters: ReadonlyMap<string, number> = new Map(
  Object.entries({ a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, s: 32, "\\": 92, '"': 34, "'": 39 }),
);

/** Undoes systemd's cescape: a letter, `\xHH` or three octal digits for one byte of UTF-8. Control characters become blanks. */
const unescaped = (text: string): string => {
  const bytes = text.replaceAll(
    /\\(?:x([0-9a-f]{2})|([0-7]{3})|(.))|([^\\]+)/gi,
    (whole, hex, octal, letter, plain) => {
      if (plain !== undefined) return latin1(String(plain));
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(String(hex), 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(String(octal), 8) & 0xff);
      const code = letters.get(String(letter));
      return code === undefined ? latin1(whole) : String.fromCharCode(code);
    },
  );
  return Buffer.from(bytes, "latin1")
    .toString("utf8")
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ")
    .trim();
};

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

/**
 * Programs that change packages, and dpkg's journal of a run that did not end. packagekitd is left out: it runs when idle,
 * and takes a lock of logind while it changes anything.
 */
const packageWork = (seen: Seen): Reading<readonly string[]> => {
  const updates = seen.paths.some((path) => /^var\/lib\/dpkg\/updates\/\d+$/.test(path));
  const programs = runningPrograms(seen, "packages");
  const running = programs.kind === "read" ? programs.value : [];
  // A run that is going on has a journal, too.
  const interrupted = updates && !running.includes("dpkg") ? ["dpkg: interrupted"] : [];
  const found = [...running, ...interrupted];
  if (found.length > 0) return read(found);
  if (seen.sight("var/lib/dpkg/updates")?.readable === false) return unreadable("/var/lib/dpkg/updates: no permission");
  return programs.kind === "absent" ? unreadable("/proc shows no processes") : programs;
};

/** Is reboot.target switched off, or the service that it needs? An empty file and a link to /dev/null are the same to systemd. */
const masked = (seen: Seen): Reading<boolean> => {
  if (seen.sight("run/systemd/system") === undefined) return absent;
  const units = ["reboot.target", "systemd-reboot.service"].map((unit) =>
    // The first of the two folders that has the unit counts.
    mapReading(
      firstThere(seen.lines(`etc/systemd/system/${unit}`), seen.lines(`run/systemd/system/${unit}`)),
      (lines) => lines.length === 0,
    ),
  );
  if (units.some((unit) => unit.kind === "read" && unit.value)) return read(true);
  const found = firstRead(...units.filter((unit) => unit.kind === "unreadable"));
  return found.kind === "unreadable" ? found : read(false);
};

const firstThere = <T>(...readings: readonly Reading<T>[]): Reading<T> =>
  readings.find((one) => one.kind !== "absent") ?? absent;
