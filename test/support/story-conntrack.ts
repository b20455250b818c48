import type { SysctlKey } from "../../src/model/brand.ts";
import type { ConntrackFacts } from "../../src/model/facts.ts";
import { absent, type Reading, read, unreadable } from "../../src/model/reading.ts";
import type { HostStory } from "./host-story.ts";

const defaults = { generic_timeout: 600, tcp_timeout_established: 432000, udp_timeout: 30, tcp_loose: 1, acct: 0 };

/** The table of a story: the kernel's own values but for what is told; nothing of it while no module is loaded. */
export const conntrackOf = (story: HostStory): ConntrackFacts => {
  const loaded = (story.state ?? "module") === "module" || story.state === "builtin";
  const family = story.family ?? "nf";
  const prefix = family === "nf" ? "net.netfilter.nf_conntrack_" : "net.ipv4.netfilter.ip_conntrack_";
  const max = story.max ?? 65536;
  const count = story.count ?? 100;
  const ifLoaded = <T>(value: T): Reading<T> => (loaded ? read(value) : absent);
  const keys = new Map(
    Object.entries(loaded ? { max, count, ...defaults, ...story.keys } : {}).map(
      ([name, value]) => [`${prefix}${name}` as SysctlKey, String(value)] as const,
    ),
  );
  const root = story.root ?? true;
  return {
    state: read(story.state ?? "module"),
    family: story.state === "none" ? absent : read(family),
    loaded: read(loaded),
    builtin: read(story.state === "builtin"),
    loadable: read(story.state !== "builtin" && story.state !== "none"),
    writable: ifLoaded(story.writable ?? root),
    hashsizeWritable: ifLoaded(root),
    firstNamespace: ifLoaded(story.firstNamespace ?? true),
    max: ifLoaded(max),
    count: ifLoaded(count),
    usage: max === 0 ? absent : ifLoaded(count / max),
    buckets: ifLoaded(story.buckets ?? 65536),
    bucketsFrom: ifLoaded(root ? "sysfs" : "sysctl"),
    keys,
    unreadableKeys: [],
    readOnlyKeys: (story.readOnly ?? []).map((name) => `${prefix}${name}` as SysctlKey),
    statistics: ifLoaded(new Map(Object.entries({ drop: 0, ...story.statistics }))),
    objectSize:
      story.objectSize === "unreadable" || !root ? unreadable("permission denied") : ifLoaded(story.objectSize ?? 256),
  };
};
