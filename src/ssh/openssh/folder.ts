import { setMaxListeners } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Secret } from "../../model/host.ts";
import type { Clock } from "../../remote/port.ts";
import { startDeadline } from "../deadline.ts";
import type { AskPassphrase } from "../key-file.ts";
import askpass from "./askpass.sh";
import { type Environment, environmentFor } from "./environment.ts";
import { askVersion, type SshVersion } from "./version.ts";

/** What the connections of one run share. Nothing is made before the first of them asks for it. */
export type OpensshFolder = {
  /** Looks at the program and makes the private folder (0700), once; gives what is wrong, if anything is. */
  readonly prepare: () => Promise<Prepared | string>;
  /** Ends the connections that are still there and removes the folder; may be called twice. */
  readonly close: () => Promise<void>;
};

export type Prepared = {
  readonly version: SshVersion;
  /** Seconds that a master outlives a controller that was killed, and up to one less: it counts in whole ones. */
  readonly linger: number;
  readonly enter: () => Promise<Room>;
  /** Asks for the passphrase of a key once in a run, however many hosts want it. */
  readonly askOnce: (file: string, ask: AskPassphrase) => Promise<Secret | undefined>;
};

/** The files of one connection. */
export type ConnectionPaths = {
  readonly folder: string;
  /** The master's socket. */
  readonly socket: string;
  /** What the program says of the connection, apart from what hosts and proxies say. */
  readonly log: string;
};

/** One connection's part of the folder. */
export type Room = {
  readonly paths: ConnectionPaths;
  readonly environment: Environment;
  /** Aborted when the whole folder is to be closed. */
  readonly closing: AbortSignal;
  /** Removes this part; to be called when the last process of the connection is gone. */
  readonly leave: () => Promise<void>;
};

type FolderOptions = {
  /** The user's. */
  readonly environment: Environment;
  readonly clock: Clock;
  readonly linger?: number;
};

/** Milliseconds for masters to end themselves. */
const patience = 5000;

export const openOpensshFolder = ({ environment, clock, linger = 10 }: FolderOptions): OpensshFolder => {
  const rooms = new Map<Room, Promise<void>>();
  const asked = new Map<string, Promise<Secret | undefined>>();
  const closing = new AbortController();
  // Every connection listens.
  setMaxListeners(0, closing.signal);
  let prepared: Promise<(Prepared & { readonly folder: string }) | string> | undefined;
  let last = 0;

  const enterIn = async (folder: string): Promise<Room> => {
    last += 1;
    const own = join(folder, String(last));
    await mkdir(own, { mode: 0o700 });
    let left = (): void => undefined;
    const empty = new Promise<void>((resolve) => {
      left = resolve;
    });
    const room: Room = {
      paths: { folder: own, socket: join(own, "s"), log: join(own, "log") },
      environment: environmentFor(environment, join(folder, "askpass"), own),
      closing: closing.signal,
      leave: async () => {
        await rm(own, { recursive: true, force: true });
        rooms.delete(room);
        left();
      },
    };
    rooms.set(room, empty);
    return room;
  };
  const askOnce: Prepared["askOnce"] = (file, ask) => {
    const answer = asked.get(file) ?? ask(file);
    asked.set(file, answer);
    return answer;
  };
  const begin = async (): Promise<(Prepared & { readonly folder: string }) | string> => {
    const version = await askVersion(environment);
    if (typeof version === "string") return version;
    const folder = await makeFolder(environment.XDG_RUNTIME_DIR);
    if (folder === undefined) return "no private folder can be made for its sockets: is the disk full?";
    return { folder, version, linger, enter: () => enterIn(folder), askOnce };
  };
  const close = async (): Promise<void> => {
    closing.abort();
    const made = await prepared;
    if (made === undefined || typeof made === "string") return;
    await withinPatience(clock, Promise.all(rooms.values()));
    await rm(made.folder, { recursive: true, force: true });
  };
  return { prepare: () => (prepared ??= begin()), close };
};

const withinPatience = (clock: Clock, done: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const cancel = startDeadline(clock, patience, resolve);
    void done.then(() => {
      cancel();
      resolve();
    });
  });

// Sockets have short names (104 bytes on some systems), ssh adds 17 bytes while it makes one, and its options know tokens.
const isFit = (folder: string): boolean => folder.length <= 60 && /^\/[\w./-]*$/.test(folder);

const makeFolder = async (runtime: string | undefined): Promise<string | undefined> => {
  for (const place of [runtime ?? "", tmpdir(), "/tmp"].filter(isFit)) {
    try {
      const folder = await mkdtemp(join(place, "ctfleet-"));
      await writeFile(join(folder, "askpass"), askpass, { mode: 0o700 });
      return folder;
    } catch {
      // Another place may do.
    }
  }
  return undefined;
};
