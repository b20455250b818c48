import type { SysctlKey } from "../../model/brand.ts";
import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { type HostNames, hostNames, shortName } from "./host.ts";
import { kernelNumber } from "./kernel-value.ts";
import { iptablesSetting, loadListSteps, startScript } from "./load-list.ts";
import { loadOptions } from "./loading.ts";
import { modprobeConfig } from "./modprobe.ts";
import { enterpriseLinux } from "./os.ts";
import { predictionOf } from "./predict-boot.ts";
import type { Loaded, Prediction } from "./prediction.ts";
import { either, load, notLoaded, run, type Step, type Table } from "./table.ts";
import { fileAt, place } from "./tree.ts";
import { ufwSteps } from "./ufw.ts";

/** What the next restart of the firewall service does to the values; undefined where none of those known here is in use. */
export const restartOf = (facts: Facts): Prediction | undefined => {
  const service = valueOf(facts.firewall.service);
  const host = hostNames(facts);
  const steps = service === undefined ? undefined : restartSteps(host, service);
  if (steps === undefined) return undefined;
  return predictionOf(host, { loaded: loadedNow(facts) }, run(steps, asItIs(host)));
};

const loadedNow = (facts: Facts): Loaded => {
  const state = valueOf(facts.conntrack.state);
  if (state === "builtin") return { when: "built_in", because: "connection tracking is built into this kernel" };
  if (state === "none") return { when: "never", because: "this kernel has no connection tracking" };
  return { when: "after_sysctl", because: "a restart applies no sysctl files but those that the service itself reads" };
};

/** netfilter-persistent, nftables and OpenRC's iptables load rules and nothing else. */
const restartSteps = (host: HostNames, service: string): readonly Step[] | undefined => {
  switch (service) {
    case "iptables-services":
      return [...reloads(host, unloadsIptables(host.facts)), ...loadListSteps(host)];
    case "firewalld":
      return reloads(host, unloadsFirewalld(host.facts));
    case "ufw":
      return ufwSteps(host);
    case "netfilter-persistent":
    case "nftables":
    case "iptables":
      return [];
    default:
      return undefined;
  }
};

/** Does a restart of the firewall unload the module? Undefined where that cannot be told. */
export const restartUnloads = (facts: Facts): boolean | undefined => {
  switch (valueOf(facts.firewall.service)) {
    case "iptables-services":
      return unloadsIptables(facts).value;
    case "firewalld":
      return unloadsFirewalld(facts).value;
    default:
      return false;
  }
};

/** Does the restart unload the module? With the place that says so. */
type Unloads = { readonly value: boolean | undefined; readonly from: string };

const unloadsIptables = (facts: Facts): Unloads => {
  const set = iptablesSetting(facts, "IPTABLES_MODULES_UNLOAD");
  const script = startScript(facts);
  // A script that no longer has the setting unloads nothing, whatever the configuration says.
  if (script.unloads === false && !hasSetting(facts)) return { value: false, from: script.from };
  if (set === undefined) return { value: script.unloads, from: `IPTABLES_MODULES_UNLOAD of ${script.from}` };
  if (set.value !== "yes") return { value: false, from: place(set.line) };
  return { value: script.unloads === undefined ? undefined : true, from: place(set.line) };
};

const hasSetting = (facts: Facts): boolean =>
  facts.config.lines.some(({ file, text }) => /\/iptables(?:\.init)?$/.test(file) && /MODULES_UNLOAD/.test(text));

/** CleanupModulesOnExit of firewalld.conf(5): yes until 0.9, no from 1.0 on. */
const unloadsFirewalld = (facts: Facts): Unloads => {
  const lines = fileAt(facts.config, "/etc/firewalld/firewalld.conf")?.lines ?? [];
  const set = lines.filter(({ text }) => /^\s*CleanupModulesOnExit=/i.test(text)).at(-1);
  if (set !== undefined) return { value: /=\s*(?:yes|true)\b/i.test(set.text), from: place(set) };
  const el = enterpriseLinux(facts);
  const version = Number.parseFloat(valueOf(facts.os.version) ?? "");
  const from = "CleanupModulesOnExit as this version of firewalld has it";
  if (el !== undefined) return { value: el <= 8, from };
  const id = valueOf(facts.os.id) ?? "";
  const newer: Readonly<Record<string, number>> = { debian: 12, ubuntu: 22.04, fedora: 35 };
  const first = newer[id];
  return { value: first === undefined || Number.isNaN(version) ? undefined : version < first, from };
};

/** Unloading forgets every value; the rules load the module again with what modprobe.d gives it. */
const reloads = (host: HostNames, { value, from }: Unloads): readonly Step[] => {
  const { facts } = host;
  if (valueOf(facts.conntrack.loadable) !== true || value === false) return [];
  const anew = [() => notLoaded, load(host, loadOptions(facts, modprobeConfig(facts)))];
  const holder = (valueOf(facts.modules.loaded) ?? []).find(
    ({ name, references }) => held.test(name) && references > 0,
  );
  if (value === undefined)
    return [either(`${from} is not known, and decides whether the module is unloaded`, [], anew)];
  return holder === undefined ? anew : [either(`${holder.name} may hold the module`, [], anew)];
};

/** Users of the table that a firewall's script does not unload. */
const held = /^(?:ip_vs|openvswitch|act_ct)$/;

/** The table with the values that are live now. */
const asItIs = (host: HostNames): Table => {
  const { facts, family } = host;
  if (valueOf(facts.conntrack.loaded) !== true) return notLoaded;
  const now = (value: number | undefined) => ({
    value,
    because: value === undefined ? "it was not read, and a restart does not change it" : "a restart does not change it",
  });
  const keys = host.keys
    .filter((key) => shortName(key, family) !== undefined)
    .map((key): [SysctlKey, ReturnType<typeof now>] => [key, now(kernelNumber(facts.conntrack.keys.get(key) ?? ""))]);
  const { max, buckets } = facts.conntrack;
  return {
    loaded: true,
    max: now(valueOf(max)),
    buckets: now(valueOf(buckets)),
    keys: new Map(keys),
    missed: new Map(),
  };
};
