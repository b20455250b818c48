import type { SysctlKey } from "../../model/brand.ts";
import type { Facts } from "../../model/facts.ts";
import { valueOf } from "../../model/reading.ts";
import { kernelAtLeast } from "../kernel.ts";
import { settingKey } from "../keys.ts";
import { parameters } from "./command-line.ts";
import { type HostNames, hostNames, targetOf } from "./host.ts";
import { laterSteps } from "./later-steps.ts";
import { type Loading, loadingAtBoot } from "./loading.ts";
import { modprobeConfig } from "./modprobe.ts";
import type { Predicted, Prediction } from "./prediction.ts";
import { parseAssignment, sysctlPath } from "./sysctl-line.ts";
import { bootReader } from "./sysctl-reader.ts";
import { sysctlSteps } from "./sysctl-steps.ts";
import { either, load, notLoaded, run, type Step, type Table, write } from "./table.ts";

/** The boot as a list of steps over the table, and the table at its end. */
export const bootOf = (facts: Facts): Prediction => {
  const host = hostNames(facts);
  const below = hostBelow(facts);
  const loading = below ?? loadingAtBoot(facts, modprobeConfig(facts));
  const table = run(bootSteps(host, loading), notLoaded);
  return predictionOf(host, loading, below === undefined ? table : withoutSizes(host, table, loading.loaded.because));
};

const bootSteps = (host: HostNames, { loaded, options }: Loading): readonly Step[] => {
  const files = sysctlSteps(host, bootReader(host.facts));
  const comes = load(host, options);
  switch (loaded.when) {
    case "never":
      return [];
    case "built_in":
      return [comes, ...commandLineSteps(host), ...files, ...laterSteps(host, false)];
    case "before_sysctl":
      return [comes, ...files, ...laterSteps(host, false)];
    case "after_sysctl":
      return [...files, comes, ...laterSteps(host, true)];
    case "unknown":
      return [
        either(loaded.because, [comes, ...files], [...files, comes, ...laterSteps(host, true)]),
        ...laterSteps(host, false),
      ];
  }
};

/** The kernel applies `sysctl.KEY=VALUE` just before init starts, since 5.8 (kernel 3db978d480e2): what is built in is there. */
const commandLineSteps = (host: HostNames): readonly Step[] => {
  if (!kernelAtLeast(host.release, 5, 8)) return [];
  return parameters(valueOf(host.facts.kernel.commandLine) ?? "").flatMap(({ name, value }) => {
    const key = /^sysctl[./](.+)$/.exec(name)?.[1];
    if (key === undefined) return [];
    return [write(host, { path: sysctlPath(key), text: value, from: "the kernel command line" })];
  });
};

/** In a network namespace of its own only the values of that namespace are the host's; the sizes are another's. */
const hostBelow = (facts: Facts): Loading | undefined => {
  const container = valueOf(facts.guest.container);
  const isGuest = container !== undefined && container !== "none";
  if (valueOf(facts.conntrack.firstNamespace) !== false && !(isGuest && valueOf(facts.conntrack.writable) !== true))
    return undefined;
  const options = { hashsize: undefined, unknown: undefined, flags: new Map() };
  const because = "the module and the sizes belong to the host below";
  return { loaded: { when: valueOf(facts.conntrack.loaded) === true ? "before_sysctl" : "unknown", because }, options };
};

/** The limit of expectations is no namespace's own either (nf_conntrack_standalone_init_sysctl() makes it read-only there). */
const withoutSizes = ({ family }: HostNames, table: Table, because: string): Table => {
  const another: Predicted = { value: undefined, because };
  const limit = settingKey(family, "expect_max");
  const keys = table.keys.has(limit) ? new Map(table.keys).set(limit, another) : table.keys;
  return { ...table, max: another, buckets: another, keys };
};

/** The table's values, and the keys that files set and that will not be there. */
export const predictionOf = (host: HostNames, { loaded }: Pick<Loading, "loaded">, table: Table): Prediction => {
  const gone: Predicted = { value: undefined, because: loaded.because };
  if (table.loaded) return { loaded, max: table.max, buckets: table.buckets, keys: table.keys };
  const keys = new Set<SysctlKey>([
    ...host.keys.filter((key) => host.facts.conntrack.keys.has(key)),
    ...keysInFiles(host),
  ]);
  return { loaded, max: gone, buckets: gone, keys: new Map([...keys].map((key) => [key, gone] as const)) };
};

const keysInFiles = (host: HostNames): readonly SysctlKey[] =>
  bootReader(host.facts).files.flatMap(({ lines }) =>
    lines.flatMap((line) => {
      const target = targetOf(host, parseAssignment(line)?.path ?? "");
      return target?.kind === "key" ? [target.key] : [];
    }),
  );
