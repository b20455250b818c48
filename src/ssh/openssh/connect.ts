import { hide } from "../../model/hide.ts";
import type { ConnectResult, Remote } from "../../remote/port.ts";
import { attend } from "../attend.ts";
import { isOutOfFiles } from "../start-process.ts";
import { type Control, openControl } from "./control.ts";
import type { Prepared, Room } from "./folder.ts";
import { readLogFile } from "./log-file.ts";
import type { Why } from "./login.ts";
import { type Starting, startMaster } from "./master.ts";
import type { OpensshOptions } from "./options.ts";
import { lastWords, readLog } from "./read-log.ts";
import { startSession } from "./session.ts";

/**
 * Connects by the `ssh` program: one master process per host holds the connection, and each command is a further `ssh`
 * that hands its standard streams to the master. The master goes to the background and stands as long as our own line to
 * its socket does (control.ts): no end of ctfleet leaves it behind for longer than `linger`.
 */
export const connectOpenssh = async (options: OpensshOptions): Promise<ConnectResult> => {
  const { folder, password } = options;
  const failed = ({ code, detail }: Why): ConnectResult => ({
    kind: "failed",
    failure: { code, detail: hide(detail, password ? [password] : []), sent: false },
  });
  const prepared = await folder.prepare();
  if (typeof prepared === "string") return failed({ code: "protocol_error", detail: prepared });
  const reached = await reach(options, prepared).catch(whyThrown);
  return "exec" in reached ? { kind: "connected", remote: reached } : failed(reached);
};

/** A full disk or too many open files, where the connection's files are made. */
const whyThrown = ({ code = "", message }: NodeJS.ErrnoException): Why => ({
  code: isOutOfFiles(code) ? "no_file_descriptor" : "protocol_error",
  detail: `the files of an ssh connection cannot be made: ${message}`,
});

const reach = async (options: OpensshOptions, prepared: Prepared): Promise<Remote | Why> => {
  const room = await prepared.enter();
  const reached = await reachFrom({ options, prepared, room }).catch(whyThrown);
  if (!("exec" in reached)) await room.leave();
  return reached;
};

const reachFrom = async (starting: Starting): Promise<Remote | Why> => {
  const { options, room } = starting;
  const master = await startMaster(starting);
  if (master.kind === "failed") return master.why;
  const { letGo } = master;
  const control = await openControl(room.paths.socket, options.clock);
  const unkept = master.log.plain.find((line) => line.startsWith("Failed to add the host to the list of known hosts"));
  if (control && unkept === undefined) return remoteOver({ options, room, control, letGo });
  control?.terminate();
  letGo();
  // A host whose key could not be kept would be a new host each time.
  return unkept === undefined
    ? { code: "connection_lost_before_login", detail: `ssh ended right after the login: ${await lastSaid(room)}` }
    : { code: "host_key_unknown", detail: unkept };
};

const lastSaid = async ({ paths }: Room): Promise<string> => lastWords(readLog(await readLogFile(paths.log)));

type Connected = {
  readonly options: OpensshOptions;
  readonly room: Room;
  readonly control: Control;
  readonly letGo: () => void;
};

const remoteOver = ({ options, room, control, letGo }: Connected): Remote => {
  const { address, clock, password } = options;
  const gone = new AbortController();
  const close = (): void => {
    if (gone.signal.aborted) return;
    gone.abort(new Error("the connection was closed on this side"));
    control.terminate();
  };
  room.closing.addEventListener("abort", close);
  if (room.closing.aborted) close();
  const ended = control.ended.then(async () => {
    room.closing.removeEventListener("abort", close);
    if (!gone.signal.aborted) gone.abort(new Error(await lastSaid(room)));
  });
  void ended.then(async () => {
    letGo();
    await room.leave();
  });
  const secrets = password ? [password] : [];
  let busy = false;
  const exec: Remote["exec"] = async (request) => {
    if (busy) throw new Error("one exec at a time");
    busy = true;
    // For a command the master has ended when it is known why, and `gone` has told so.
    const start = () => startSession({ address, room, control: { ...control, ended }, clock }, request);
    try {
      return await attend({ request, clock, secrets, gone: gone.signal, destroy: close, start });
    } finally {
      busy = false;
    }
  };
  return { exec, close };
};
