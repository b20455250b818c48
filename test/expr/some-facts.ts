import type { Facts } from "../../src/model/facts.ts";
import { absent, read, unreadable } from "../../src/model/reading.ts";

/** A plain EL7 gateway with 64 GiB, seen by root; a test changes what it is about. */
export const someFacts = (change: { readonly [group in keyof Facts]?: Partial<Facts[group]> } = {}): Facts => {
  const facts: Facts = {
    memory: {
      total: read(67_000_000_000),
      available: read(60_000_000_000),
      low: absent,
      installed: read(68_719_476_736),
    },
    machine: { arch: read("x86_64"), wordBits: read(64), pageSize: read(4096), cpus: read(16) },
    kernel: {
      release: read("3.10.0-1160.el7.x86_64"),
      bootId: absent,
      uptime: read(4711.5),
      commandLine: read("ro quiet"),
    },
    os: { id: read("centos"), version: read("7"), like: read("rhel fedora"), name: read("CentOS Linux 7 (Core)") },
    init: read("systemd"),
    selinux: read("enforcing"),
    guest: { container: read("none"), machine: absent },
    uid: read(0),
    conntrack: {
      state: read("module"),
      family: read("nf"),
      loaded: read(true),
      builtin: read(false),
      loadable: read(true),
      writable: read(true),
      hashsizeWritable: read(true),
      firstNamespace: read(true),
      max: read(65536),
      count: read(32768),
      usage: read(0.5),
      buckets: read(16384),
      bucketsFrom: read("sysfs"),
      keys: new Map(),
      unreadableKeys: [],
      readOnlyKeys: [],
      statistics: read(new Map([["drop", 107]])),
      objectSize: unreadable("permission denied"),
    },
    modules: {
      loaded: read([{ name: "nf_conntrack", references: 1, usedBy: ["nf_nat"] }]),
      locked: read(false),
    },
    firewall: {
      service: read("iptables-services"),
      services: read([{ name: "iptables-services", active: true, enabled: true }]),
    },
    rules: { tables: read(["filter", "nat"]), ipvs: absent, saved: [], unreadable: [] },
    power: { inhibitors: read([]), packageWork: read([]), masked: read(false) },
    bootImage: { path: absent, newer: absent, loads: [] },
    trial: absent,
    lock: absent,
    pending: absent,
    reverted: absent,
    commands: new Map(),
    log: { source: read("dmesg"), full: read(0), suppressed: read(0), newestAge: absent, recent: read(0) },
    config: { files: ["/etc/sysctl.conf"], unreadable: [], lines: [] },
    rivals: read([]),
    lastChange: absent,
    files: new Map(),
    ids: { users: new Map(), groups: new Map() },
  };
  const merged = Object.entries(change).map(([group, fields]) => {
    const whole = "kind" in fields ? fields : Object.assign({}, facts[group as keyof Facts], fields);
    return [group, whole] as const;
  });
  return { ...facts, ...(Object.fromEntries(merged) as Partial<Facts>) };
};
