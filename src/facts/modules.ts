import type { LoadedModule, ModuleFacts } from "../model/facts.ts";
import { type Reading, read, unreadable } from "../model/reading.ts";
import { parseReading, wholeNumber } from "./number.ts";
import type { Seen } from "./seen.ts";

/** /proc/modules, absent on a kernel that cannot load any, and whether the kernel takes no more of them. */
export const parseModules = (seen: Seen): ModuleFacts => ({
  loaded: loadedModules(seen.lines("proc/modules")),
  locked: parseReading(seen.text("proc/sys/kernel/modules_disabled"), "modules_disabled", (text) =>
    /^[01]$/.test(text) ? text === "1" : undefined,
  ),
});

const loadedModules = (lines: Reading<readonly string[]>): ModuleFacts["loaded"] => {
  if (lines.kind !== "read") return lines;
  const modules: Reading<LoadedModule>[] = lines.value.map(parseModule);
  const odd = modules.find((one) => one.kind === "unreadable");
  return odd ?? read(modules.flatMap((one) => (one.kind === "read" ? [one.value] : [])));
};

/** `NAME SIZE REFERENCES USER,USER, STATE ADDRESS`; `-` for no user, `[permanent]` among the users is none. */
const parseModule = (line: string): Reading<LoadedModule> => {
  const [name, , count, users] = line.split(" ");
  // Without CONFIG_MODULE_UNLOAD the count is `-`.
  const references = count === "-" ? 0 : wholeNumber(count);
  if (name === undefined || !/^\w+$/.test(name) || references === undefined || users === undefined)
    return unreadable("/proc/modules: an odd line");
  return read({ name, references, usedBy: users.split(",").filter((user) => /^\w+$/.test(user)) });
};
