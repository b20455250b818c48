import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { familyOf } from "../keys.ts";
import { listed, parameters } from "./command-line.ts";
import { lastOption, type ModprobeConfig, type ModuleOption } from "./modprobe.ts";
import { bringsConntrack, moduleName } from "./modules.ts";
import { enterpriseLinux } from "./os.ts";
import { type ConfFile, dropIns, fileAt, filesIn, place } from "./tree.ts";

/** A module that is loaded by name before sysctl files are applied. */
export type NamedModule = {
  readonly module: string;
  readonly from: string;
  /** Options that stand beside the name, where the reader hands them on. */
  readonly args: string;
  /** Does a `blacklist` line of modprobe.d keep it out? */
  readonly heedsBlacklist: boolean;
};

/** The first name that brings connection tracking in at boot; undefined where no file has one. */
export const loadedByName = (facts: Facts, config: ModprobeConfig): NamedModule | undefined => {
  const release = valueOf(facts.kernel.release);
  const blacklisted = new Set(
    config.lines.filter(({ command }) => command === "blacklist").map(({ module }) => module),
  );
  return namedModules(facts).find(
    ({ module, heedsBlacklist }) =>
      bringsConntrack(module, familyOf(facts), release) && !(heedsBlacklist && blacklisted.has(moduleName(module))),
  );
};

/** Files of module names that could not be read. */
export const unreadableNames = (facts: Facts): readonly string[] =>
  nameFiles(facts)
    .filter(({ readable }) => !readable)
    .map(({ path }) => path);

/** Options that a line of module names gives. */
export const argument = ({ args, from }: NamedModule, option: string): ModuleOption | undefined =>
  lastOption(args, option).map((text) => ({ text, from }))[0];

/** All names, in the order in which they are loaded, by what runs as the first process. */
const namedModules = (facts: Facts): readonly NamedModule[] => {
  const init = valueOf(facts.init);
  const fromFiles = nameFiles(facts).flatMap(({ lines, path }) =>
    lines.flatMap((line) => {
      if (/^\s*(?:[#;]|$)/.test(line.text)) return [];
      const from = place(line);
      if (path.startsWith("/etc/sysconfig/modules/") || path === "/etc/rc.modules") return byScript(line.text, from);
      if (path === "/etc/conf.d/modules") return byVariable(line.text, from);
      // systemd takes the whole line for the name (modules-load.d(5)).
      const text = line.text.replace(/#.*$/, init === "systemd" ? "$&" : "").trim();
      const [module = "", ...args] = init === "systemd" ? [text] : text.split(/\s+/);
      return [{ module, from, args: args.join(" "), heedsBlacklist: init === "systemd" }];
    }),
  );
  return [...(init === "systemd" ? byCommandLine(facts) : []), ...fromFiles];
};

const nameFiles = (facts: Facts): readonly ConfFile[] => {
  const { config } = facts;
  const at = (...paths: readonly string[]) => paths.flatMap((path) => fileAt(config, path) ?? []);
  switch (valueOf(facts.init)) {
    case "systemd":
      return dropIns(config, "modules-load.d");
    case "openrc":
      return valueOf(facts.os.id) === "alpine"
        ? [...at("/etc/modules"), ...dropIns(config, "modules-load.d")]
        : [...dropIns(config, "modules-load.d"), ...at("/etc/conf.d/modules")];
    default:
      return enterpriseLinux(facts) === undefined
        ? [...at("/etc/modules"), ...dropIns(config, "modules-load.d")]
        : [
            ...at(...filesIn(config, "/etc/sysconfig/modules").filter((path) => path.endsWith(".modules"))),
            ...at("/etc/rc.modules"),
          ];
  }
};

/** rc.sysinit runs these before it applies sysctl files (initscripts 9). */
const byScript = (text: string, from: string): readonly NamedModule[] => {
  const found = /\b(?:modprobe|insmod)\s+(?:-\S+\s+)*([\w-]+)\s*([^;&|>#]*)/.exec(text);
  return found?.[1] === undefined ? [] : [{ module: found[1], from, args: found[2] ?? "", heedsBlacklist: false }];
};

/** OpenRC: `modules="a b"` (conf.d/modules). */
const byVariable = (text: string, from: string): readonly NamedModule[] => {
  const found = /^\s*modules(?:_[\w.]+)?\+?=["']?([^"'#]*)/.exec(text)?.[1] ?? "";
  const names = found.split(/\s+/).filter((name) => name !== "");
  return names.map((module) => ({ module, from, args: "", heedsBlacklist: true }));
};

/** systemd-modules-load.service(8): modules_load=, and rd.modules_load= within the initramfs. */
const byCommandLine = (facts: Facts): readonly NamedModule[] => {
  const all = parameters(valueOf(facts.kernel.commandLine) ?? "");
  const from = "modules_load= on the kernel command line";
  return listed(all, "modules_load").map((module) => ({ module, from, args: "", heedsBlacklist: true }));
};
