import type { ChildProcess } from "node:child_process";
import type { Clock, ExecRequest } from "../../remote/port.ts";
import { sh } from "../../remote/quote.ts";
import type { CommandEnd, Start } from "../attend.ts";
import { startDeadline } from "../deadline.ts";
import { isOutOfFiles } from "../start-process.ts";
import { sessionArguments } from "./arguments.ts";
import type { Control } from "./control.ts";
import type { Room } from "./folder.ts";
import { readLogFile, sizeOfLogFile } from "./log-file.ts";
import { endGroup, spawnSession } from "./process.ts";
import { loggedEnd } from "./read-log.ts";

export type Session = {
  readonly address: string;
  readonly room: Room;
  readonly control: Control;
  readonly clock: Clock;
};

/** Starts one command over the master. */
export const startSession = async (session: Session, request: ExecRequest): ReturnType<Start> => {
  const { address, room } = session;
  const terminal = request.terminal === true;
  const from = await sizeOfLogFile(room.paths.log);
  const words = sessionArguments({ address, command: sh(request.command), terminal }, room.paths);
  const child = await spawnSession({ socket: room.paths.socket, words, env: room.environment });
  if ("kind" in child)
    // Our own lack of files is not the host's fault.
    return isOutOfFiles(child.code) ? { ...child, kind: "socket" } : { kind: "not_started", message: child.message };
  const { stdin, stdout, stderr } = child;
  // On a terminal the host has one stream; what the program itself may say is of no use.
  if (terminal) stderr.resume();
  return {
    ...{ kind: "started", stdin, stdout, stderr: terminal ? undefined : stderr },
    ended: endOf(child, from, session),
    release: () => {
      endGroup(child);
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
    },
  };
};

/** Milliseconds between looks at the log of a command that takes long. */
const pace = 1000;

/**
 * The exit status of a command. The program ends with it, and also with 255 for all that went wrong: then the master's
 * log tells. And it waits for all who hold the command's output, a child in the background too: the log tells earlier.
 */
const endOf = (child: ChildProcess, from: number, { room, control, clock }: Session): Promise<CommandEnd> =>
  new Promise((resolve) => {
    const logged = async (): Promise<CommandEnd | undefined> => loggedEnd(await readLogFile(room.paths.log, from));
    const look = async (): Promise<void> => {
      const end = await logged();
      if (end) resolve(end);
      else if (child.exitCode === null && child.signalCode === null)
        cancel = startDeadline(clock, pace, () => void look());
    };
    let cancel = startDeadline(clock, pace, () => void look());
    child.once("exit", (status) => {
      cancel();
      void endAfter(status, { logged, control }).then(resolve);
    });
  });

type Witnesses = { readonly logged: () => Promise<CommandEnd | undefined>; readonly control: Control };

const endAfter = async (status: number | null, { logged, control }: Witnesses): Promise<CommandEnd> => {
  if (status !== null && status !== 255) return { status, signal: undefined };
  const end = await logged();
  if (end) return end;
  // Without a master it is the connection that was lost, and `gone` says so.
  if (!(await control.isAlive())) await control.ended;
  return { status: undefined, signal: undefined };
};
