import { sysctlSettings, writtenHashsize } from "../../src/conntrack/config.ts";
import { kernelAtLeast } from "../../src/conntrack/kernel.ts";
import { predictBoot } from "../../src/conntrack/predict.ts";
import type { Facts, LoadedModule } from "../../src/model/facts.ts";
import type { HostStory } from "./host-story.ts";
import { configOf } from "./story-files.ts";

/** Is it the module that has the table? */
export const isTracker = (module: string): boolean => module === "nf_conntrack" || module === "ip_conntrack";

const trackerOf = (story: HostStory): string => `${story.family ?? "nf"}_conntrack`;

/** What /proc/modules would say. The tracker stands there wherever the story's state says that it is a loaded module. */
export const loadedModules = (story: HostStory): readonly LoadedModule[] => {
  const told = { ...(story.nat === true ? { nf_nat: 1 } : {}), ...story.modules };
  const isLoaded = (story.state ?? "module") === "module";
  const users = Object.keys(told).filter((name) => name === "nf_nat");
  const tracker = isLoaded && !Object.keys(told).some(isTracker) ? { [trackerOf(story)]: users } : {};
  return Object.entries<readonly string[] | number>({ ...tracker, ...told }).map(([name, by]) =>
    typeof by === "number" ? { name, references: by, usedBy: [] } : { name, references: by.length, usedBy: by },
  );
};

/** With some modules more, which nothing uses yet. */
export const withModules = (story: HostStory, names: readonly string[]): HostStory => ({
  ...story,
  modules: { ...Object.fromEntries(names.map((name) => [name, []])), ...story.modules },
});

/** With one module more, and the tracker where it is that module or comes with it; one that is loaded stays as it is. */
export const withLoaded = (story: HostStory, module: string): HostStory => {
  const brings =
    isTracker(module) || /conntrack|nat|nft_ct|ip_vs|openvswitch|xt_(?:state|CT|MASQUERADE|conn)/.test(module);
  const left = brings && story.state === "unloaded" ? whenLoaded(story) : story;
  return isTracker(module) ? left : withModules(left, [module]);
};

/** Without some modules, and without the table where the tracker is one of them. */
export const withoutModules = (story: HostStory, names: readonly string[]): HostStory => {
  const isGone = (name: string) => names.includes(name);
  const modules = Object.entries(story.modules ?? {})
    .filter(([name]) => !isGone(name))
    .map(([name, by]) => [name, typeof by === "number" ? by : by.filter((user) => !isGone(user))] as const);
  const nat = (story.nat ?? false) && !isGone("nf_nat");
  const left: HostStory = { ...story, nat, modules: Object.fromEntries(modules) };
  return names.some(isTracker) ? withoutTable(left) : left;
};

const withoutTable = (story: HostStory): HostStory => ({
  ...without(story, ["max", "count", "buckets", "keys"]),
  state: "unloaded",
});

/** A story that does not tell some things. */
export const without = (story: HostStory, names: readonly (keyof HostStory)[]): HostStory =>
  Object.fromEntries(Object.entries(story).filter(([name]) => !names.includes(name as keyof HostStory)));

/**
 * The module as it comes into the kernel: the hash size of modprobe.d with a max of eight times that, else the kernel's own;
 * timeouts by default. Where a udev rule or an `install` line of modprobe.d waits for the module the sysctl files are applied too.
 */
export const whenLoaded = (story: HostStory): HostStory => {
  const { lines } = configOf(story.files ?? {}, []);
  const hashsize = writtenHashsize(lines);
  const buckets = hashsize ?? 65536;
  const max = hashsize === undefined ? buckets * (kernelAtLeast(story.kernel ?? "6.1", 5, 15) ? 1 : 4) : 8 * hashsize;
  const loaded: HostStory = { ...withoutTable(story), state: "module", max, buckets, count: 0 };
  const appliesFiles = lines.some(
    ({ file, text }) => file.includes("/udev/rules.d/") || /^\s*install\s+nf_conntrack\s.*sysctl/.test(text),
  );
  if (!appliesFiles) return loaded;
  const settings = sysctlSettings(lines).map(({ key, value }) => [key.replace(/^.*_conntrack_/, ""), Number(value)]);
  const { max: writtenMax = max, ...keys } = Object.fromEntries(settings) as Record<string, number>;
  return { ...loaded, max: writtenMax, keys };
};

/** A new boot, with the values that the prediction gives; what it cannot tell stays as it was. */
export const afterReboot = (story: HostStory, facts: Facts): HostStory => {
  const { loaded, max, buckets, keys } = predictBoot(facts);
  const booted: HostStory = {
    ...without(story, ["trial"]),
    bootId: "b0071d00-0000-4000-8000-000000000002",
    uptime: 60,
  };
  if (loaded.when === "never") return withoutModules(booted, Object.keys(story.modules ?? {}).concat(trackerOf(story)));
  const known = [...keys].flatMap(([key, { value }]) =>
    value === undefined ? [] : [[key.replace(/^.*_conntrack_/, ""), value] as const],
  );
  return {
    ...booted,
    state: story.state === "builtin" ? "builtin" : "module",
    ...(max.value === undefined ? {} : { max: max.value }),
    ...(buckets.value === undefined ? {} : { buckets: buckets.value }),
    count: 0,
    keys: { ...story.keys, ...Object.fromEntries(known.filter(([name]) => name !== "count")) },
  };
};
