import type { ConntrackState, ModuleFacts } from "../model/facts.ts";
import { absent, firstRead, type Reading, read, unreadable, valueOf } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

export type Family = "nf" | "ip";

/** The names in use now, or those of the module that could be loaded. Newer kernels may show both: `nf` is theirs. */
export const parseFamily = (seen: Seen, keyPaths: readonly string[]): Reading<Family> => {
  const shown = (family: Family) =>
    keyPaths.some((path) => path.includes(`/${family}_conntrack_`)) ||
    seen.paths.some((path) => path.startsWith(`sys/module/${family}_conntrack`));
  if (shown("nf")) return read("nf");
  if (shown("ip")) return read("ip");
  const files = seen.paths.filter((path) => path.startsWith("lib/modules/")).map((path) => seen.lines(path));
  const lines = files.flatMap((file) => (file.kind === "read" ? file.value : []));
  const found = lines.map((line) => /\/(nf|ip)_conntrack\.ko/.exec(line)?.[1]).find((family) => family !== undefined);
  if (found !== undefined) return read(found === "ip" ? "ip" : "nf");
  return firstRead<Family>(...files.map((file) => (file.kind === "read" ? absent : file)));
};

/**
 * A loaded module has an initstate and stands in /proc/modules; a built-in one has neither, though /sys/module may show
 * it. Source: DOMAIN, Memory (loadable or built in).
 */
export const parseState = (
  seen: Seen,
  keyPaths: readonly string[],
  { modules, release }: { readonly modules: ModuleFacts; readonly release: Reading<string> },
): Reading<ConntrackState> => {
  const names = ["nf_conntrack", "ip_conntrack"];
  const inList = valueOf(modules.loaded)?.some(({ name }) => names.includes(name)) ?? false;
  if (inList || names.some((name) => seen.sight(`sys/module/${name}/initstate`))) return read("module");
  const folder = `lib/modules/${valueOf(release) ?? ""}`;
  const builtin = listed(seen.lines(`${folder}/modules.builtin`));
  const inKernel = keyPaths.length > 0 || names.some((name) => seen.sight(`sys/module/${name}`));
  if (builtin.kind === "read" && builtin.value) return read("builtin");
  if (inKernel) return running(seen, modules, names);
  const loadable = listed(seen.lines(`${folder}/modules.dep`));
  if (loadable.kind === "read" && loadable.value) return read("unloaded");
  if (release.kind !== "read") return unreadable("without the kernel's release its modules cannot be looked up");
  return builtin.kind === "unreadable" ? builtin : loadable.kind === "unreadable" ? loadable : read("none");
};

/** It runs, and no module list has it: built in, unless the list is one that a guest may not see. */
const running = (seen: Seen, modules: ModuleFacts, names: readonly string[]): Reading<ConntrackState> => {
  if (modules.loaded.kind === "unreadable") return modules.loaded;
  if (modules.loaded.kind === "absent" || names.some((name) => seen.sight(`sys/module/${name}`)))
    return read("builtin");
  return unreadable("conntrack runs, but neither /proc/modules nor /sys/module shows how it came here");
};

const listed = (lines: Reading<readonly string[]>): Reading<boolean> =>
  lines.kind === "read" ? read(lines.value.length > 0) : lines;
