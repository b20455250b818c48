import { asBusybox, untilRefused } from "./busybox.ts";
import { globMatcher, isGlob } from "./glob.ts";
import { type HostNames, targetOf } from "./host.ts";
import { type Assignment, parseAssignment } from "./sysctl-line.ts";
import type { SysctlReader } from "./sysctl-reader.ts";
import { type Step, unknownFrom, write } from "./table.ts";
import { type ConfFile, place } from "./tree.ts";

/** Everything that a reader writes, in its order. `below`: only paths under one of these (`--prefix`). */
export const sysctlSteps = (host: HostNames, reader: SysctlReader, below?: readonly string[]): readonly Step[] => {
  if (reader.pass === "each")
    return reader.files.flatMap((file) => unreadable(file) ?? listed(host, reader, linesOf(reader, file), below));
  const last = reader.files.findLastIndex((file) => !file.readable);
  const closed = reader.files[last];
  const all = reader.files.map((file) => linesOf(reader, file));
  if (closed === undefined) return listed(host, reader, all.flat(), below);
  // What an unreadable file says may overrule any file before it, and later lines overrule it.
  const before = listed(host, reader, all.slice(0, last).flat(), below);
  return [...before, ...(unreadable(closed) ?? []), ...listed(host, reader, all.slice(last + 1).flat(), below)];
};

const unreadable = ({ path, readable }: ConfFile): readonly Step[] | undefined =>
  readable ? undefined : [unknownFrom(`${path} could not be read, and may set it`)];

const linesOf = ({ busybox, blankAfterDash }: SysctlReader, file: ConfFile): readonly Assignment[] => {
  const lines = file.lines
    .flatMap((line) => parseAssignment(line) ?? [])
    // Elsewhere than in systemd the blank belongs to the key, which is then none.
    .filter((line) => blankAfterDash || !line.blank);
  return busybox ? lines.flatMap((line) => asBusybox(line)) : lines;
};

const listed = (
  host: HostNames,
  reader: SysctlReader,
  lines: readonly Assignment[],
  below: readonly string[] | undefined,
): readonly Step[] => {
  const kept = reader.keepsFirst ? collapse(lines) : reader.busybox ? untilRefused(host, lines) : lines;
  const explicit = new Set(kept.map(({ path }) => path));
  return kept.flatMap((line) =>
    pathsOf(host, reader, line, explicit)
      .filter((path) => below === undefined || below.some((prefix) => `${path}/`.startsWith(prefix)))
      .map((path) => step(host, reader, line, path)),
  );
};

/** systemd keeps one line for each key: of equal ones the first, of different ones the last, at its own turn. */
const collapse = (lines: readonly Assignment[]): readonly Assignment[] => {
  const kept = new Map<string, Assignment>();
  for (const line of lines) {
    if (kept.has(line.path) && kept.get(line.path)?.value === line.value) continue;
    kept.delete(line.path);
    kept.set(line.path, line);
  }
  return [...kept.values()];
};

const pathsOf = (
  { paths }: HostNames,
  { globs, pass }: SysctlReader,
  { path, value }: Assignment,
  explicit: ReadonlySet<string>,
): readonly string[] => {
  if (value === undefined) return [];
  if (!isGlob(path)) return [path];
  if (globs === false) return [];
  const matches = globMatcher(path);
  return paths.filter((one) => matches(one) && !(pass === "whole" && explicit.has(one)));
};

const step = (host: HostNames, reader: SysctlReader, line: Assignment, path: string): Step => {
  const { name, globs, dash } = reader;
  const from = place(line);
  // An older reader takes the dash for a part of the key, which is then none.
  if (line.dash && dash === false) return (table) => table;
  if (reader.busybox && line.value?.endsWith("\\") === true)
    return unsure(host, path, `${from} goes on in a line that was not read`);
  if ((line.dash && dash === undefined) || (isGlob(line.path) && globs === undefined))
    return unsure(host, path, `${from}: this host's ${name} may be too old for such a line`);
  return write(host, { path, text: line.value ?? "", from });
};

const unsure = (host: HostNames, path: string, because: string): Step => {
  const target = targetOf(host, path);
  if (target === undefined) return (table) => table;
  return unknownFrom(because, (name) => name === (target.kind === "key" ? target.key : target.kind));
};
