import { firstRead, mapReading, type Reading, read } from "../model/reading.ts";
import type { Modes } from "./modes.ts";
import { parseReading } from "./number.ts";
import type { Seen } from "./seen.ts";

/** What starts services here. Source for systemd: sd_booted(3); the others by what they leave in /run and /sbin. */
export const parseInit = (seen: Seen, modes: Modes): Reading<string> => {
  if (seen.sight("run/systemd/system")) return read("systemd");
  if (seen.sight("run/openrc")) return read("openrc");
  return mapReading(firstProcess(seen), (name) => {
    if (name !== "init") return name;
    if (seen.sight("sbin/openrc-run")) return "openrc";
    return modes.get("sbin/init")?.target?.endsWith("busybox") ? "busybox" : "sysv";
  });
};

const firstProcess = (seen: Seen): Reading<string> =>
  firstRead(
    parseReading(seen.text("proc/1/comm"), "/proc/1/comm", name),
    parseReading(seen.text("proc/1/status"), "/proc/1/status", (text) => name(text.replace(/^Name:\s+/, ""))),
  );

const name = (text: string): string | undefined => (/^[\w.+@-]{1,15}$/.test(text) ? text : undefined);
