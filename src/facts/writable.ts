import type { Modes } from "./modes.ts";
import type { Seen } from "./seen.ts";

/**
 * May this user write a file? Three have to agree: the shell's own test; the file's mode, which binds root too under
 * /proc/sys and /sys (some shells' test says yes to root unasked); and the mount.
 */
export const writability = (seen: Seen, modes: Modes): ((path: string) => boolean) => {
  const mounts = parseMounts(seen);
  const hasWriteBit = (path: string) => ((modes.get(path)?.mode ?? 0) & 0o222) !== 0;
  return (path) => seen.sight(path)?.writable === true && hasWriteBit(path) && !isReadOnly(mounts, path);
};

type Mount = { readonly prefix: string; readonly readOnly: boolean };

/** Those at and below /proc and /sys, in the order in which they were made. */
const parseMounts = (seen: Seen): readonly Mount[] => {
  const lines = seen.lines("proc/self/mounts");
  return (lines.kind === "read" ? lines.value : []).map((line) => {
    const [, at = "", , options = ""] = line.split(" ");
    return { prefix: `${at.slice(1)}/`, readOnly: options.split(",").includes("ro") };
  });
};

/** Of the mounts that hold the path the deepest counts, and of several in one place the last. */
const isReadOnly = (mounts: readonly Mount[], path: string): boolean => {
  let deepest: Mount = { prefix: "", readOnly: false };
  for (const mount of mounts)
    if (mount.prefix.length >= deepest.prefix.length && path.startsWith(mount.prefix)) deepest = mount;
  return deepest.readOnly;
};
