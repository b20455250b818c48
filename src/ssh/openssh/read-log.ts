import type { Phase } from "../trouble.ts";

/** What the program has written of one connection, cut to lines. Hosts have no line of their own in it. */
export type Log = {
  /** Everything, `debug1: ` and the like in front. */
  readonly all: readonly string[];
  /** What it says to people. */
  readonly plain: readonly string[];
};

export const readLog = (text: string): Log => {
  const all = text.split(/\r?\n/).filter((line) => line !== "");
  return { all, plain: all.filter((line) => !/^debug\d: /.test(line)) };
};

const steps: readonly { readonly reached: Phase; readonly by: RegExp }[] = [
  { reached: "login", by: /^debug1: SSH2_MSG_NEWKEYS received/ },
  { reached: "handshake", by: /^debug1: Remote protocol version/ },
  { reached: "banner", by: /^debug1: (Connection established|Executing proxy command)/ },
];

/** How far a connection has come. */
export const phaseOf = ({ all }: Log): Phase =>
  steps.find(({ by }) => all.some((line) => by.test(line)))?.reached ?? "connect";

/** Does the way lead through a ProxyCommand or, for ssh the same thing, a ProxyJump? */
export const isProxied = ({ all }: Log): boolean =>
  all.some((line) => line.startsWith("debug1: Executing proxy command"));

/** What a command came to, as far as the master has logged it. */
export type LoggedEnd = { readonly status: number | undefined; readonly signal: string | undefined };

/** The end of the one command that runs: its exit status, or that a signal ended it, whose name ssh does not tell. */
export const loggedEnd = (text: string): LoggedEnd | undefined => {
  const status = /^debug3: mux_exit_message: channel \d+: exit message, exitval (\d+)/m.exec(text)?.[1];
  if (status !== undefined) return { status: Number(status), signal: undefined };
  return /^debug1: client_input_channel_req: channel \d+ rtype exit-signal /m.test(text)
    ? { status: undefined, signal: "a signal" }
    : undefined;
};

/** Why a connection ended that was in use, in the program's words. */
export const lastWords = ({ all, plain }: Log): string => {
  // The one end of its own accord: ctfleet was stopped for a while, or the machine has far too much to do.
  if (all.includes("debug1: ControlPersist timeout expired")) return "ctfleet did not get round to it in time";
  return (
    plain.findLast(
      (line) => !/^(\s|(OpenSSH_\d+|Transferred|Bytes per|Authenticated to|Disconnected|Warning)\b)/.test(line),
    ) ?? "the connection was closed"
  );
};
