import { type HostNames, shortName, targetOf } from "./host.ts";
import { written } from "./kernel-value.ts";
import type { Assignment } from "./sysctl-line.ts";

/**
 * A line as the sysctl of busybox takes it (procps/sysctl.c; seen on 1.35): a key that starts with a slash is another file,
 * and where a slash comes before a dot, dots are slashes wherever that makes a name that exists.
 */
export const asBusybox = (line: Assignment): readonly Assignment[] => {
  if (line.key.startsWith("/") || line.value === undefined) return [];
  const isSlashFirst = /[./]/.exec(line.key)?.[0] === "/";
  return [isSlashFirst ? { ...line, path: line.key.replaceAll(".", "/") } : line];
};

/** A write that the kernel refuses ends the program, and the rest of that file is not applied. */
export const untilRefused = (host: HostNames, lines: readonly Assignment[]): readonly Assignment[] => {
  const at = lines.findIndex((line) => isRefused(host, line));
  return at < 0 ? lines : lines.slice(0, at + 1);
};

const isRefused = (host: HostNames, { path, value = "", dash }: Assignment): boolean => {
  const target = dash ? undefined : targetOf(host, path);
  if (target === undefined) return false;
  const name = target.kind === "key" ? (shortName(target.key, host.family) ?? "") : target.kind;
  return written(name, value, host.release).kind === "refused";
};
