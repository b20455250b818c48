import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { conntrackDefaults, type Files } from "./conntrack-files.ts";
import type { Entry, Kind } from "./kind.ts";
import { stateFiles } from "./state-files.ts";
import { hostTree } from "./tree.ts";

/** Where a practice host lives: `root` is what its scripts see, `state` is what its stand-ins know. */
export type HostFolders = { readonly root: string; readonly state: string };

export const hostFolders = (folder: string): HostFolders => ({
  root: join(folder, "root"),
  state: join(folder, "state"),
});

/** Writes a host as it was in the moment before the fleet started. `now`: seconds since 1970. */
export const writeHost = (folders: HostFolders, kind: Kind, now: number): void => {
  const bootId = randomUUID();
  writeFiles(folders.root, hostTree(kind));
  writeFiles(folders.root, {
    "/proc/sys/kernel/random/boot_id": { text: `${bootId}\n`, mode: 0o444 },
    ...trialFile(kind, bootId),
  });
  writeFiles(folders.state, stateFiles(kind, now));
  writeFiles(join(folders.state, "conntrack"), kind.conntrack.ours ? conntrackDefaults(kind) : {});
};

/** RUN BOOT_ID UPTIME SECONDS, as an armed trial leaves it on a host. */
const trialFile = ({ system: { trial }, machine }: Kind, bootId: string): Files =>
  trial === undefined
    ? {}
    : {
        "/var/lib/ctfleet/trial": {
          text: `${trial.run} ${bootId} ${machine.uptime - 3600} ${trial.seconds}\n`,
          mode: 0o600,
        },
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
    const written = Date.now() / 1000 - (entry.age ?? 0);
    if (entry.age !== undefined) utimesSync(path, written, written);
  }
};
