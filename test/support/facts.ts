import { createHash } from "node:crypto";
import type { BootId, HostPath, RunId } from "../../src/model/brand.ts";
import { argvKey, type Facts, type FileState, type FirewallService } from "../../src/model/facts.ts";
import { absent, read, unreadable } from "../../src/model/reading.ts";
import type { HostStory } from "./host-story.ts";
import { conntrackOf } from "./story-conntrack.ts";
import { configOf, savedRulesOf } from "./story-files.ts";
import { loadedModules } from "./story-modules.ts";

/** Facts for a story. `managed` lists the files that the probe was asked for. */
export const factsOf = (story: HostStory, managed: readonly HostPath[] = []): Facts => {
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
      bootId: story.bootId === undefined ? absent : read(story.bootId as BootId),
      uptime: read(story.uptime ?? 90000),
      commandLine: read(story.commandLine ?? ""),
    },
    os: { id: read(story.os ?? "debian"), version: read("12"), like: absent, name: read("Debian") },
    init: read(story.init ?? "systemd"),
    selinux: read("disabled"),
    guest: { container: read(story.container ?? "none"), machine: absent },
    uid: read(root ? 0 : 1000),
    conntrack: conntrackOf(story),
    modules: { locked: read(story.locked ?? false), loaded: read(loadedModules(story)) },
    firewall: { service: read(story.firewall ?? "none"), services: read(services(story)) },
    rules: {
      tables: story.tables === undefined ? absent : read(story.tables),
      ipvs: story.ipvs === undefined ? absent : read(story.ipvs),
      saved: savedRulesOf(story.files ?? {}),
      unreadable: [],
    },
    power: {
      inhibitors: read(story.inhibitors ?? []),
      packageWork: read(story.packageWork ?? []),
      masked: read(story.masked ?? false),
    },
    bootImage: {
      path: story.bootImage === undefined ? absent : read(story.bootImage.path),
      newer: story.bootImage === undefined ? absent : read(story.bootImage.newer ?? []),
      loads: story.bootImage?.loads ?? [],
    },
    trial:
      story.trial === undefined ? absent : read({ run: story.trial.run as RunId, remaining: story.trial.remaining }),
    lock: absent,
    pending:
      story.pending === undefined ? absent : read({ part: 1, ...story.pending, run: story.pending.run as RunId }),
    reverted:
      story.reverted === undefined
        ? absent
        : read({ part: 1, left: [], ...story.reverted, run: story.reverted.run as RunId }),
    commands: new Map((story.commands ?? []).map(({ argv, status }) => [argvKey(argv), read(status)])),
    log: {
      source: read("dmesg"),
      full: root ? read(story.full?.lines ?? 0) : unreadable("no permission to read the kernel log"),
      suppressed: read(0),
      newestAge: story.full === undefined ? absent : read(story.full.age),
      recent: read(story.full !== undefined && story.full.age < 3600 ? story.full.lines : 0),
    },
    config: configOf(story.files ?? {}, story.closed ?? []),
    rivals: read(story.rivals ?? []),
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

/** The service that the story names runs and is enabled, unless the story tells of services itself. */
const services = (story: HostStory): readonly FirewallService[] => {
  if (story.services !== undefined) return story.services;
  const name = story.firewall ?? "none";
  return name === "none" ? [] : [{ name, active: true, enabled: true }];
};
