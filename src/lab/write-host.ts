import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { conntrackDefaults, type Files } from "./conntrack-files.ts";
import type { Entry, Kind } from "./kind.ts";
import { hostTree } from "./tree.ts";

/** Where a practice host lives: `root` is what its scripts see, `state` is what its stand-ins know. */
export type HostFolders = { readonly root: string; readonly state: string };

export const hostFolders = (folder: string): HostFolders => ({
  root: join(folder, "root"),
  state: join(folder, "state"),
});

/** Writes a host as it was in the moment before the fleet started. `now`: seconds since 1970. */
export const writeHost = (folders: HostFolders, kind: Kind, now: number): void => {
  writeFiles(folders.root, hostTree(kind));
  writeFiles(folders.root, { "/proc/sys/kernel/random/boot_id": { text: `${randomUUID()}\n`, mode: 0o444 } });
  writeFiles(folders.state, stateFiles(kind, now));
  writeFiles(join(folders.state, "conntrack"), kind.conntrack.ours ? conntrackDefaults(kind) : {});
};

const stateFiles = (kind: Kind, now: number): Files => {
  const { machine, kernel, system, conntrack, log } = kind;
  const lines = (list: readonly string[]): Entry => ({ text: list.map((line) => `${line}\n`).join(""), mode: 0o644 });
  const stamp = (age: number) => (machine.uptime - age).toFixed(6).padStart(12);
  return {
    "/conntrack": { folder: true },
    "/machine": lines([kernel.arch]),
    "/init": lines([system.init]),
    "/loadable": lines(kernel.loadable),
    "/loaded": lines(kernel.loaded),
    "/services": lines(
      system.services.map(
        ({ name, active, enabled }) => `${name} ${active ? "active" : "inactive"} ${enabled ? "enabled" : "disabled"}`,
      ),
    ),
    "/firewall-loads": lines(system.firewall.loads),
    "/firewall-reloads-from": lines(system.firewall.reloadsFrom),
    "/booted-at": lines([(now - machine.uptime).toFixed(3)]),
    ...(system.firewall.unloads ? { "/firewall-unloads": lines([]) } : {}),
    ...(conntrack.kind === "builtin" ? { "/builtin": lines([]) } : {}),
    ...(log === undefined ? {} : { "/log": lines(log.map(({ age, text }) => `[${stamp(age)}] ${text}`)) }),
  };
};

/** Synchronous: a thousand files this small are written in a fraction of the time. */
const writeFiles = (folder: string, files: Files): void => {
  const entries = Object.entries(files);
  const parents = new Set(entries.map(([path, entry]) => join(folder, "folder" in entry ? path : dirname(path))));
  for (const parent of parents) mkdirSync(parent, { recursive: true });
  for (const [path, entry] of entries) writeEntry(join(folder, path), entry);
};

const writeEntry = (path: string, entry: Entry): void => {
  if ("link" in entry) {
    symlinkSync(entry.link, path);
  } else if ("folder" in entry) {
    if (entry.mode !== undefined) chmodSync(path, entry.mode);
  } else {
    writeFileSync(path, entry.text);
    chmodSync(path, entry.mode);
  }
};
