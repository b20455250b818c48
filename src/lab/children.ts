import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./account.ts";
import { killStrays } from "./strays.ts";
import type { HostFolders } from "./write-host.ts";

export type Child = ChildProcessWithoutNullStreams;

/** The programs of one practice host: real ones, run by the real /bin/sh, in an environment of their own. */
export type Children = {
  /** Undefined: the host runs as many as it may. */
  readonly start: (args: readonly string[]) => Child | undefined;
  readonly kill: (child: Child) => void;
  /** Kills all and waits until they are gone. */
  readonly killAll: () => Promise<void>;
  readonly count: () => number;
};

const most = 16;
const longest = 600_000;

export const hostChildren = (request: {
  readonly name: string;
  readonly folders: HostFolders;
  readonly standIns: string;
  readonly account: Account;
}): Children => {
  const running = new Map<Child, Promise<unknown>>();
  const start = (args: readonly string[]): Child | undefined => {
    if (running.size >= most) return undefined;
    const { account, folders } = request;
    const identity = account.drops ? { uid: account.uid, gid: account.gid } : {};
    // A group of its own, so that what it starts can be killed with it.
    const child = spawn("/bin/sh", args, { cwd: folders.root, env: environment(request), detached: true, ...identity });
    const gone = once(child, "close").catch(() => undefined);
    const deadline = setTimeout(() => kill(child), longest);
    running.set(child, gone);
    void gone.then(() => {
      clearTimeout(deadline);
      running.delete(child);
    });
    return child;
  };
  const killAll = async (): Promise<void> => {
    for (const child of running.keys()) kill(child);
    await killStrays(request.folders.root);
    await Promise.race([Promise.all(running.values()), sleep(5_000, undefined, { ref: false })]);
  };
  return { start, kill, killAll, count: () => running.size };
};

const kill = (child: Child): void => {
  // Its pipes too: what left the group may hold the other ends.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
};

const environment = (request: Parameters<typeof hostChildren>[0]): NodeJS.ProcessEnv => {
  const { name, folders, standIns, account } = request;
  const path = process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    ...{ PATH: `${standIns}:${path}`, HOME: `${folders.root}/root`, USER: "root", LOGNAME: "root", SHELL: "/bin/sh" },
    ...{ LC_ALL: "C", TMPDIR: `${folders.root}/tmp`, PS1: `${name}# ` },
    ...{ CTFLEET_LAB_ROOT: folders.root, CTFLEET_LAB_STATE: folders.state, CTFLEET_LAB_PATH: path },
    ...{ CTFLEET_LAB_OWNER: String(account.uid), CTFLEET_LAB_GROUP: String(account.gid) },
  };
};
