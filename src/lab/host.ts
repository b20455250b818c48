import { setTimeout as sleep } from "node:timers/promises";
import ssh2, { type ParsedKey } from "ssh2";
import type { Account } from "./account.ts";
import { hostChildren } from "./children.ts";
import type { Kind } from "./kind.ts";
import { boot, isPending, readBootTime, tick, watchForReboot, writeUptime } from "./power.ts";
import { startServer } from "./server.ts";
import { settle } from "./settle.ts";
import { hostFolders } from "./write-host.ts";

/** A practice host that runs. */
export type LabHost = {
  readonly kind: Kind;
  readonly port: number;
  /** `ssh-ed25519 AAAA...` */
  readonly publicKey: string;
  /** Its file tree, seen from here. */
  readonly root: string;
  /** How many programs run on it. */
  readonly busy: () => number;
  readonly stop: () => Promise<void>;
};

export type HostRequest = {
  readonly kind: Kind;
  /** Where its files were written. */
  readonly folder: string;
  readonly hostKey: string;
  readonly clientKey: ParsedKey;
  /** The folder of the programs that come first in PATH. */
  readonly standIns: string;
  readonly account: Account;
};

/** The one login of every practice host. To it the host looks like root's own. */
export const labUser = "root";

/** Milliseconds for which a host is away when it reboots. */
const away = 500;

/** Starts a host whose files are written. */
export const startHost = async (request: HostRequest): Promise<LabHost> => {
  const { kind, hostKey, clientKey, standIns, account } = request;
  const folders = hostFolders(request.folder);
  const children = hostChildren({ name: kind.name, folders, standIns, account });
  let bootedAt = await readBootTime(folders);
  let stopped = false;
  const server = await startServer({
    ...{ hostKey, clientKey, user: labUser, kill: children.kill },
    settle: async () => {
      await settle(folders.root, kind.machine);
      if (isPending(folders)) goDeaf();
      else deaf = false;
    },
    start: (line) => {
      try {
        writeUptime(folders, bootedAt);
      } catch {
        // A full disk, or a folder that somebody removed: this host can run nothing, the others go on.
        return undefined;
      }
      return children.start(line === undefined ? ["-i"] : ["-c", line]);
    },
  });
  let deaf = false;
  /** Where that is this host's trouble. */
  const goDeaf = (): void => {
    const { deafAfterChange: until } = kind;
    if (until === undefined || deaf) return;
    deaf = true;
    server.turn(false);
    const began = performance.now();
    const isOver = (): boolean =>
      until === "reverted" ? !isPending(folders) : performance.now() - began >= until * 1000;
    const timer = setInterval(() => {
      if (!stopped && !isOver()) return;
      clearInterval(timer);
      server.turn(!stopped);
    }, 250).unref();
  };
  const reboot = async (): Promise<void> => {
    server.turn(false);
    await children.killAll();
    if (stopped || !kind.returns) return;
    bootedAt = Date.now() / 1000;
    await Promise.all([boot({ folders, children, machine: kind.machine, bootedAt }), sleep(away)]);
    server.turn(true);
  };
  // A host that cannot boot does not come back, as in life.
  const settleLater = () => void settle(folders.root, kind.machine).catch(() => undefined);
  const endTick = tick(folders, () => bootedAt, settleLater);
  const endWatch = watchForReboot(folders, () => void reboot().catch(() => server.turn(false)));
  return {
    ...{ kind, port: server.port, root: folders.root, busy: children.count },
    publicKey: publicLine(hostKey),
    stop: async () => {
      stopped = true;
      endWatch();
      endTick();
      await server.close();
      await children.killAll();
    },
  };
};

/** The public half of a private key, as known_hosts has it. */
const publicLine = (privateKey: string): string => {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
};
