import {
  type ChildProcess,
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
  spawn,
} from "node:child_process";
import type { Readable } from "node:stream";
import { signalGroup } from "../../source/process-group.ts";
import { type NotStarted, startProcess } from "../start-process.ts";
import type { Environment } from "./environment.ts";

// Each in a session of its own: Ctrl-C on the terminal is for ctfleet alone, which ends its work in order, and no question
// can reach the terminal.

/** Starts the program that is to hold the connection. */
export const spawnMaster = (
  words: readonly string[],
  env: Environment,
): Promise<ChildProcessByStdio<null, null, Readable> | NotStarted> =>
  startProcess("ssh", () => spawn("ssh", words, { env, stdio: ["ignore", "ignore", "pipe"], detached: true }));

/**
 * Watches the fourth stream, whose other end is ours, and ends the master when it is closed: a command that hangs on the
 * host would else keep it after ctfleet was killed. `$0`: the master's socket.
 */
const guarded =
  '(read -r end; exec ssh -F /dev/null -S "$0" -O exit -- master) <&3 >/dev/null 2>&1 & exec ssh "$@" 3<&-';

type SessionStart = { readonly socket: string; readonly words: readonly string[]; readonly env: Environment };

/** Starts a command over the master. */
export const spawnSession = async ({
  socket,
  words,
  env,
}: SessionStart): Promise<ChildProcessWithoutNullStreams | NotStarted> => {
  const child = await startProcess("ssh", () =>
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
export const endGroup = ({ pid }: ChildProcess): void => signalGroup(pid, "SIGTERM");
