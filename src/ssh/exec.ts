import type { ClientChannel } from "ssh2";
import type { Secret } from "../model/host.ts";
import type { Clock, ExecRequest, Remote } from "../remote/port.ts";
import { sh } from "../remote/quote.ts";
import { attend, type CommandEnd, type Start, type Started } from "./attend.ts";
import type { Line } from "./line.ts";

type Connection = {
  readonly line: Line;
  readonly clock: Clock;
  /** What the login has sent. */
  readonly secrets: readonly Secret[];
};

/** Commands on one connection, one at a time. A command that fails ends the connection: its state is not known. */
export const execOn = ({ line, clock, secrets }: Connection): Remote["exec"] => {
  const { gone, destroy } = line;
  let busy = false;
  return async (request) => {
    if (busy) throw new Error("one exec at a time");
    busy = true;
    try {
      return await attend({ request, clock, secrets, gone, destroy, start: () => openChannel(line, request) });
    } finally {
      busy = false;
    }
  };
};

const openChannel = ({ client, gone }: Line, { command, terminal }: ExecRequest): ReturnType<Start> =>
  new Promise((resolve) => {
    try {
      client.exec(sh(command), { allowHalfOpen: true, pty: terminal === true }, (error, channel) => {
        if (gone.aborted) resolve({ kind: "lost", message: "the connection was lost" });
        else if (error) resolve({ kind: "not_started", message: error.message });
        else resolve(started(channel, terminal === true));
      });
    } catch (error) {
      // The library throws when the socket is closing and has not said so yet.
      resolve({ kind: "lost", message: String(error) });
    }
  });

const started = (channel: ClientChannel, terminal: boolean): Started => ({
  kind: "started",
  stdin: channel,
  stdout: channel,
  stderr: terminal ? undefined : channel.stderr,
  ended: endOf(channel),
  release: () => channel.close(),
});

const endOf = (channel: ClientChannel): Promise<CommandEnd> =>
  new Promise((resolve) => {
    channel.once("exit", (status: number | null, signal?: string) => resolve({ status: status ?? undefined, signal }));
    channel.once("close", () => resolve({ status: undefined, signal: undefined }));
  });
