import { once } from "node:events";
import { existsSync, renameSync, watch, writeFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Children } from "./children.ts";
import type { Machine } from "./kind.ts";
import { settle } from "./settle.ts";
import type { HostFolders } from "./write-host.ts";

/** When a host was booted, in seconds since 1970; kept in its state, so that it outlives the fleet. */
export const readBootTime = async ({ state }: HostFolders): Promise<number> =>
  Number(await readFile(join(state, "booted-at"), "utf8"));

/** Writes /proc/uptime, which moves on while the fleet runs. Synchronous: it comes before each start of a program. */
export const writeUptime = ({ root }: HostFolders, bootedAt: number): void => {
  const seconds = Math.max(0, Date.now() / 1000 - bootedAt).toFixed(2);
  const beside = join(root, "proc/.uptime");
  writeFileSync(beside, `${seconds} ${seconds}\n`, { mode: 0o444 });
  renameSync(beside, join(root, "proc/uptime"));
};

/** Does a change wait for its confirmation? */
export const isPending = ({ root }: HostFolders): boolean => existsSync(join(root, "var/lib/ctfleet/pending"));

/**
 * Lets /proc/uptime move on while a change waits by it, and calls back when it waits no longer: something on the host may have
 * put it back. The function that it gives ends that.
 */
export const tick = (folders: HostFolders, bootedAt: () => number, decided: () => void): (() => void) => {
  let waited = false;
  const timer = setInterval(() => {
    try {
      const waits = isPending(folders);
      if (waits) writeUptime(folders, bootedAt());
      if (waited && !waits) decided();
      waited = waits;
    } catch {
      // A full disk, or a folder that somebody removed.
    }
  }, 250).unref();
  return () => clearInterval(timer);
};

/** Calls back when a program on the host has asked for a reboot. The function that it gives ends the watch. */
export const watchForReboot = ({ state }: HostFolders, reboot: () => void): (() => void) => {
  const request = join(state, "reboot");
  const watcher = watch(state, (_, name) => {
    if (name === "reboot" && existsSync(request)) void rm(request, { force: true }).then(reboot);
  });
  return () => watcher.close();
};

export type BootRequest = {
  readonly folders: HostFolders;
  readonly children: Children;
  readonly machine: Machine;
  readonly bootedAt: number;
};

/** Brings a host up from its files; `bootedAt` is when its clock starts. */
export const boot = async ({ folders, children, machine, bootedAt }: BootRequest): Promise<void> => {
  await writeFile(join(folders.state, "booted-at"), `${bootedAt.toFixed(3)}\n`);
  writeUptime(folders, bootedAt);
  const child = children.start(["-c", "exec lab-boot"]);
  if (child === undefined) throw new Error("a host whose programs were all killed could not start one");
  child.stdin.end();
  child.stdout.resume();
  child.stderr.resume();
  await once(child, "close");
  await settle(folders.root, machine);
};
