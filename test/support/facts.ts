import { createHash } from "node:crypto";
import type { Action } from "../../src/model/action.ts";
import type { HostPath, SysctlKey } from "../../src/model/brand.ts";
import type { ConfigLine, Facts, FileState } from "../../src/model/facts.ts";
import { absent, type Reading, read, unreadable } from "../../src/model/reading.ts";

/** A host as a test tells it: a Debian of 8 GiB that nobody has treated, but for what is given. */
export type HostStory = {
  readonly memoryMiB?: number;
  readonly installedMiB?: number;
  readonly cpus?: number;
  readonly wordBits?: number;
  readonly pageSize?: number;
  readonly kernel?: string;
  readonly os?: string;
  readonly init?: string;
  readonly firewall?: string;
  readonly container?: string;
  readonly firstNamespace?: boolean;
  readonly writable?: boolean;
  readonly root?: boolean;
  readonly state?: "module" | "builtin" | "unloaded" | "none";
  readonly family?: "nf" | "ip";
  readonly max?: number;
  readonly count?: number;
  readonly buckets?: number;
  readonly objectSize?: number | "unreadable";
  readonly nat?: boolean;
  /** Live keys by short name, above the defaults. */
  readonly keys?: { readonly [name: string]: number };
  readonly readOnly?: readonly string[];
  readonly full?: { readonly lines: number; readonly age: number };
  readonly changedAgo?: number;
  /** Texts of files that stand on the host; managed ones and others alike. */
  readonly files?: { readonly [path: string]: string };
  /** Managed files that are something else than a regular file with root's 0644. */
  readonly odd?: { readonly [path: string]: FileState };
};

const defaults = { generic_timeout: 600, tcp_timeout_established: 432000, udp_timeout: 30, tcp_loose: 1, acct: 0 };

/** Facts for a story. `managed` lists the files that the probe was asked for. */
export const factsOf = (story: HostStory, managed: readonly HostPath[] = []): Facts => {
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
  const total = (story.memoryMiB ?? 8192) * 2 ** 20;
  const root = story.root ?? true;
  return {
    memory: {
      total: read(total),
      available: read(total / 2),
      low: absent,
      installed: read((story.installedMiB ?? story.memoryMiB ?? 8192) * 2 ** 20),
    },
    machine: {
      arch: read("x86_64"),
      wordBits: read(story.wordBits ?? 64),
      pageSize: read(story.pageSize ?? 4096),
      cpus: read(story.cpus ?? 4),
    },
    kernel: {
      release: read(story.kernel ?? "6.1.0-18-amd64"),
      bootId: absent,
      uptime: read(90000),
      commandLine: read(""),
    },
    os: { id: read(story.os ?? "debian"), version: read("12"), like: absent, name: read("Debian") },
    init: read(story.init ?? "systemd"),
    selinux: read("disabled"),
    guest: { container: read(story.container ?? "none"), machine: absent },
    uid: read(root ? 0 : 1000),
    conntrack: {
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
      statistics: ifLoaded(new Map([["drop", 0]])),
      objectSize:
        story.objectSize === "unreadable" || !root
          ? unreadable("permission denied")
          : ifLoaded(story.objectSize ?? 256),
    },
    modules: { loaded: read(story.nat === true ? [{ name: "nf_nat", references: 1, usedBy: [] }] : []) },
    firewall: { service: read(story.firewall ?? "none"), services: read([]) },
    log: {
      source: read("dmesg"),
      full: root ? read(story.full?.lines ?? 0) : unreadable("no permission to read the kernel log"),
      suppressed: read(0),
      newestAge: story.full === undefined ? absent : read(story.full.age),
      recent: read(story.full !== undefined && story.full.age < 3600 ? story.full.lines : 0),
    },
    config: { files: Object.keys(story.files ?? {}), unreadable: [], lines: conntrackLines(story.files ?? {}) },
    rivals: read([]),
    lastChange:
      story.changedAgo === undefined ? absent : read({ run: "20260101T000000Z-00000000", age: story.changedAgo }),
    files: new Map(managed.map((path) => [path, stateOf(story, path)])),
    ids: { users: new Map(), groups: new Map() },
  };
};

const stateOf = (story: HostStory, path: HostPath): FileState => {
  const text = story.files?.[path];
  return story.odd?.[path] ?? (text === undefined ? { kind: "absent", folder: true } : regular(text));
};

/** A regular file of root's with mode 0644 and this text. */
export const regular = (text: string): FileState => ({
  kind: "regular",
  sha256: createHash("sha256").update(text).digest("hex"),
  text,
  mode: 0o644,
  uid: 0,
  gid: 0,
  links: 1,
});

const conntrackLines = (files: { readonly [path: string]: string }): readonly ConfigLine[] =>
  Object.entries(files).flatMap(([file, text]) =>
    text
      .split("\n")
      .map((line, index) => ({ file, line: index + 1, text: line }))
      .filter((line) => /conntrack|net[./]netfilter|^\s*IP6?TABLES_/.test(line.text)),
  );

/** The story after these actions were done: what an ideal host would tell next. */
export const storyAfter = (story: HostStory, actions: readonly Action[]): HostStory => {
  const files: Record<string, string> = { ...story.files };
  const keys: Record<string, number> = { ...story.keys };
  let { max, buckets } = story;
  for (const action of actions)
    switch (action.kind) {
      case "write":
        files[action.path] = action.text;
        break;
      case "remove":
        Reflect.deleteProperty(files, action.path);
        break;
      case "set_hashsize":
        buckets = action.to;
        break;
      case "set": {
        const name = action.key.replace(/^.*_conntrack_/, "");
        if (name === "max") max = Number(action.to);
        else keys[name] = Number(action.to);
      }
    }
  return {
    ...story,
    files,
    keys,
    ...(max === undefined ? {} : { max }),
    ...(buckets === undefined ? {} : { buckets }),
  };
};
