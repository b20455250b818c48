import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Clock } from "../remote/port.ts";
import { signalGroup } from "../source/process-group.ts";
import { startDeadline } from "./deadline.ts";
import type { SshError } from "./line.ts";
import { isOutOfFiles, startProcess, tailOf } from "./start-process.ts";
import type { OpenedWay, Way } from "./way.ts";

type Request = { readonly command: string; readonly shell: string; readonly clock: Clock };

/** Starts a ProxyCommand as ssh does: the user's shell runs it, and its standard input and output are the connection. */
export const openCommand = async ({ command, shell, clock }: Request): Promise<OpenedWay> => {
  // A process group of its own, so that all of it can be ended; and no terminal on which it could ask.
  const start = () => spawn(shell, ["-c", `exec ${command}`], { stdio: "pipe", detached: true });
  const child = await startProcess(shell, start);
  if (!("kind" in child)) return { kind: "open", way: wayThrough(child, clock) };
  const { code, message } = child;
  return {
    kind: "trouble",
    trouble: isOutOfFiles(code) ? { kind: "socket", code, message } : { kind: "proxy", message },
  };
};

const wayThrough = (child: ChildProcessWithoutNullStreams, clock: Clock): Way => {
  const lost = new AbortController();
  const words = tailOf(child.stderr, mostWords);
  const stream = duplexOf(child);
  const end = (): void => {
    cancel();
    lost.abort(proxyError(child, words.text().trim()));
    stream.push(null);
  };
  let cancel = (): void => undefined;
  // The reason comes with the exit, which may be reported after the end of the output.
  child.stdout.once("end", () => {
    cancel = startDeadline(clock, patience, end);
  });
  child.once("close", end);
  return { stream, lost: lost.signal, close: () => endGroup(child, stream, clock) };
};

/** Milliseconds for a command to exit once its output has ended, or once it was asked to. */
const patience = 1000;

const duplexOf = ({ stdin, stdout }: ChildProcessWithoutNullStreams): Duplex => {
  const stream = new Duplex({
    read: () => void stdout.resume(),
    // Where the command no longer reads, its end is on the way and says more.
    write: (chunk, _encoding, done) => void stdin.write(chunk, () => done()),
    final: (done) => void stdin.end(done),
  });
  stdin.on("error", () => undefined);
  stdout.on("error", () => undefined);
  stdout.on("data", (chunk: Buffer) => {
    if (!stream.destroyed && !stream.push(chunk)) stdout.pause();
  });
  return stream;
};

/** Characters of the command's standard error that a failure shows: the last ones. */
const mostWords = 1000;

const proxyError = ({ exitCode, signalCode }: ChildProcessWithoutNullStreams, words: string): SshError => {
  const how = exitCode === null ? (signalCode ?? "the end of its output") : `status ${exitCode}`;
  const message = `the proxy command ended with ${how}${words === "" ? "" : `: ${words}`}`;
  // Status 0 is how a command ends whose server hung up.
  return Object.assign(new Error(message), exitCode === 0 ? {} : { level: "proxy" });
};

const endGroup = (child: ChildProcessWithoutNullStreams, stream: Duplex, clock: Clock): void => {
  if (stream.destroyed) return;
  stream.destroy();
  signalGroup(child.pid, "SIGTERM");
  const force = (): void => {
    cancel();
    signalGroup(child.pid, "SIGKILL");
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
  };
  const cancel = startDeadline(clock, patience, force);
  if (child.exitCode !== null || child.signalCode !== null) force();
  else child.once("exit", force);
};
