import {
  type ChildProcess,
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
  spawn,
} from "node:child_process";
import { kill } from "node:process";
import type { Readable } from "node:stream";
import type { Environment } from "./environment.ts";

/** Why a program does not run: the system's code and words. */
export type NotStarted = { readonly kind: "not_started"; readonly code: string; readonly message: string };

/**
 * Starts ssh in a session of its own: Ctrl-C on the terminal is for ctfleet alone, which ends its work in order, and no
 * question can reach the terminal.
 */
const started = <Child extends ChildProcess>(start: () => Child): Promise<Child | NotStarted> =>
  new Promise((resolve) => {
    const fail = (error: unknown): void => {
      const { code = "", message } = error as NodeJS.ErrnoException;
      resolve({ kind: "not_started", code, message: `ssh cannot be started: ${message}` });
    };
    try {
      const child = start();
      child.once("error", fail);
      child.once("spawn", () => resolve(child));
    } catch (error) {
      // Out of file descriptors, spawn throws.
      fail(error);
    }
  });

export const spawnMaster = (
  words: readonly string[],
  env: Environment,
): Promise<ChildProcessByStdio<null, null, Readable> | NotStarted> =>
  started(() => spawn("ssh", words, { env, stdio: ["ignore", "ignore", "pipe"], detached: true }));

/**
 * Watches the fourth stream, whose other end is ours, and ends the master when it is closed: a command that hangs on the
 * host would else keep it after ctfleet was killed. `$0`: the master's socket.
 */
const guarded =
  '(read -r end; exec ssh -F /dev/null -S "$0" -O exit -- master) <&3 >/dev/null 2>&1 & exec ssh "$@" 3<&-';

type SessionStart = { readonly socket: string; readonly words: readonly string[]; readonly env: Environment };

export const spawnSession = async ({
  socket,
  words,
  env,
}: SessionStart): Promise<ChildProcessWithoutNullStreams | NotStarted> => {
  const child = await started(() =>
    spawn("/bin/sh", ["-c", guarded, socket, ...words], {
      env,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      detached: true,
    }),
  );
  if (!("kind" in child)) {
    // The guard first: the master serves other commands.
    child.once("exit", () => {
      endGroup(child);
      child.stdio[3]?.destroy();
    });
  }
  return child;
};

/** Ends the process and all that it started, a ProxyCommand for instance. */
export const endGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) kill(-pid, "SIGTERM");
  } catch {
    // Nobody of the group is left.
  }
};

export type Tail = { readonly text: () => string; readonly forget: () => void };

/** The last characters of a stream, which is read to its end, also when they are of no interest any more. */
export const tailOf = (stream: Readable, most = 256 * 1024): Tail => {
  let text = "";
  let wanted = true;
  stream.on("error", () => undefined);
  stream.setEncoding("utf8").on("data", (piece: string) => {
    if (wanted) text = (text + piece).slice(-most);
  });
  const forget = (): void => {
    wanted = false;
    text = "";
  };
  return { text: () => text, forget };
};
