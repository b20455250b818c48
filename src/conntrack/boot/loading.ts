import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { familyOf } from "../keys.ts";
import { listed, parameters } from "./command-line.ts";
import { firewallAtBoot } from "./firewall-loads.ts";
import { type Install, installOf } from "./install.ts";
import { kernelNumber } from "./kernel-value.ts";
import { lastOption, type ModprobeConfig, type ModuleOption, moduleOption } from "./modprobe.ts";
import { bringsConntrack, moduleName, tableModule } from "./modules.ts";
import { argument, loadedByName, type NamedModule, unreadableNames } from "./modules-load.ts";
import type { Loaded } from "./prediction.ts";
import type { LoadOptions } from "./table.ts";
import { place } from "./tree.ts";

/** When the module comes in at the next boot, and with what. */
export type Loading = { readonly loaded: Loaded; readonly options: LoadOptions };

const noOptions: LoadOptions = { hashsize: undefined, unknown: undefined, flags: new Map() };
const never = (because: string): Loading => ({ loaded: { when: "never", because }, options: noOptions });

/** What brings connection tracking in when the host boots next: the first that does. */
export const loadingAtBoot = (facts: Facts, config: ModprobeConfig): Loading => {
  const state = valueOf(facts.conntrack.state);
  if (state === "none") return never("this kernel has no connection tracking");
  if (state === "builtin")
    return {
      loaded: { when: "built_in", because: "connection tracking is built into this kernel" },
      options: fromCommandLine(facts),
    };
  const barred = whyNever(facts, config);
  if (barred !== undefined) return never(barred);
  return inImage(facts, config) ?? byName(facts, config) ?? later(facts, config);
};

/** The options of a module that is built in stand on the kernel command line alone. */
const fromCommandLine = (facts: Facts): LoadOptions => {
  const all = parameters(valueOf(facts.kernel.commandLine) ?? "");
  const own = tableModule(familyOf(facts));
  const option = (name: string): ModuleOption | undefined =>
    all
      .filter((one) => moduleName(one.name) === `${own}.${name}`)
      .map(({ value }) => ({ text: value, from: "the kernel command line" }))
      .at(-1);
  return { hashsize: option("hashsize"), unknown: undefined, flags: flagsBy(option) };
};

/** Options that are keys' first values: accounting and time stamps. */
const flagsBy = (option: (name: string) => ModuleOption | undefined): ReadonlyMap<string, ModuleOption> => {
  const acct = option("acct");
  const timestamp = option("tstamp");
  return new Map([
    ...(acct === undefined ? [] : [["acct", acct] as const]),
    ...(timestamp === undefined ? [] : [["timestamp", timestamp] as const]),
  ]);
};

/** What modprobe hands on, when the module is asked for by this name or by none in particular. */
export const loadOptions = (facts: Facts, config: ModprobeConfig, by?: NamedModule): LoadOptions => {
  const line = installLine(facts, config);
  if (line?.install.kind === "unknown")
    return { ...noOptions, unknown: `${line.from} has a command of its own load the module: ${line.text}` };
  const beside = line === undefined ? besideName(facts, by) : besideInstall(line);
  const given = moduleOption(facts, config, "hashsize", by?.module);
  const option = (name: string): ModuleOption | undefined => {
    const found = moduleOption(facts, config, name, by?.module);
    return found.kind === "given" ? found.option : undefined;
  };
  return {
    hashsize: beside ?? (given.kind === "given" ? given.option : undefined),
    unknown: beside === undefined && given.kind === "unknown" ? given.because : undefined,
    flags: flagsBy(option),
  };
};

/** An option that stands beside the name in a list of modules. */
const besideName = (facts: Facts, by: NamedModule | undefined): ModuleOption | undefined =>
  by === undefined || moduleName(by.module) !== tableModule(familyOf(facts)) ? undefined : argument(by, "hashsize");

const besideInstall = ({ install, from }: { readonly install: Install; readonly from: string }) =>
  install.kind === "loads" ? lastOption(install.args, "hashsize").map((text) => ({ text, from }))[0] : undefined;

/** The install line of the table's module: of several kmod takes the first. */
const installLine = (facts: Facts, { lines }: ModprobeConfig) => {
  const own = tableModule(familyOf(facts));
  const line = lines.find(({ command, module }) => command === "install" && module === own);
  return line && { ...line, install: line.cut ? ({ kind: "unknown" } as const) : installOf(line.text, own) };
};

/** Why nothing can load the module, whoever asks. */
const whyNever = (facts: Facts, config: ModprobeConfig): string | undefined => {
  const own = tableModule(familyOf(facts));
  const all = parameters(valueOf(facts.kernel.commandLine) ?? "");
  if (listed(all, "module_blacklist").some((name) => moduleName(name) === own))
    return `module_blacklist=${own} on the kernel command line keeps it out`;
  const line = installLine(facts, config);
  if (line?.install.kind === "never") return `${line.from} puts \`${line.text}\` in the place of loading it`;
  const hashsize = moduleOption(facts, config, "hashsize");
  if (hashsize.kind === "given" && kernelNumber(hashsize.option.text) === undefined)
    return `hashsize=${hashsize.option.text} (${hashsize.option.from}) is not a number, so the kernel refuses to load it`;
  return undefined;
};

/** Modules of the initramfs get the options of the copy of modprobe.d that is in it (dracut, initramfs-tools). */
const inImage = (facts: Facts, config: ModprobeConfig): Loading | undefined => {
  const family = familyOf(facts);
  const release = valueOf(facts.kernel.release);
  const all = parameters(valueOf(facts.kernel.commandLine) ?? "");
  const named = listed(all, "rd.modules_load").find((name) => bringsConntrack(name, family, release));
  const line = facts.bootImage.loads[0];
  if (named === undefined && line === undefined) return undefined;
  const why = line === undefined ? `rd.modules_load=${named ?? ""} on the kernel command line` : place(line);
  const loaded: Loaded = { when: "before_sysctl", because: `the initramfs loads it (${why})` };
  const options = loadOptions(facts, config);
  const newer = (valueOf(facts.bootImage.newer) ?? []).filter((path) => /modprobe/.test(path));
  if (newer.length === 0 && facts.bootImage.newer.kind === "read") return { loaded, options };
  const unknown =
    newer.length === 0
      ? "the initramfs loads the module with its own copy of modprobe.d, whose age was not read"
      : `the initramfs loads the module, and is older than ${newer.join(", ")}`;
  return { loaded, options: { ...options, hashsize: undefined, unknown } };
};

const byName = (facts: Facts, config: ModprobeConfig): Loading | undefined => {
  const named = loadedByName(facts, config);
  if (named === undefined) return undefined;
  const loaded: Loaded = {
    when: "before_sysctl",
    because: `${named.from} has ${named.module} loaded before sysctl files are applied`,
  };
  return { loaded, options: loadOptions(facts, config, named) };
};

/** Everything that starts after sysctl files have been applied. */
const later = (facts: Facts, config: ModprobeConfig): Loading => {
  const options = loadOptions(facts, config);
  const closed = unreadableNames(facts)[0];
  if (closed !== undefined)
    return { loaded: { when: "unknown", because: `${closed} could not be read, and may name the module` }, options };
  const firewall = firewallAtBoot(facts);
  if (firewall !== undefined) return { loaded: firewall, options };
  const rival = (valueOf(facts.rivals) ?? []).find((name) => rulesOfItsOwn.test(name));
  if (rival !== undefined)
    return {
      loaded: { when: "after_sysctl", because: `${rival} brings it in when it starts, after sysctl files are applied` },
      options,
    };
  const present = valueOf(facts.conntrack.loaded);
  if (present === true)
    return {
      loaded: {
        when: "after_sysctl",
        because: "it is loaded now, by something that no file tells, so after sysctl files are applied",
      },
      options,
    };
  if (present === undefined)
    return { loaded: { when: "unknown", because: "whether it is loaded now was not read" }, options };
  return never("it is not loaded now, and nothing that is known here loads it at boot");
};

/** Programs that make NAT or state rules at their start (facts.rivals). */
const rulesOfItsOwn =
  /^(?:kube-proxy|k3s|k3s-server|rke2|k0s|dockerd|libvirtd|cilium-agent|calico-node|neutron-l3-agen|ovs-vswitchd|neutron-openvsw)$/;
