import { type ChildProcess, spawn } from "node:child_process";
import { env as own } from "node:process";
import type { Readable } from "node:stream";
import { signalGroup } from "../source/process-group.ts";
import { isOutOfFiles, type NotStarted, startProcess, tailOf } from "../ssh/start-process.ts";
import type { LocalRequest, LocalResult } from "./effects.ts";

/** Characters of each output that are kept, its end. */
const mostKept = 32_768;

/** Milliseconds: between asking a program to end and ending it; and for output that was written before its end. */
const timeToEnd = 2000;
const timeToDrain = 250;

/**
 * Runs a program on this machine: no shell, nothing on its standard input, in a group of processes of its own, which a Ctrl-C at
 * the terminal does not reach. After its time, or at a stop, the whole group is ended. Never throws.
 */
export const runLocal = async ({ argv, env, within, stop }: LocalRequest): Promise<LocalResult> => {
  const [program, ...args] = argv;
  const options = { detached: true, env: { ...own, ...env } };
  const child = await startProcess(program, () =>
    spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] }),
  );
  if ("kind" in child) return failed(whyNot(program, child));
  const outputs = [tailOf(child.stdout, mostKept), tailOf(child.stderr, mostKept)];
  const closed = drained([child.stdout, child.stderr]);
  const ended = await endOf(child, { within, stop });
  await closed(timeToDrain);
  if (typeof ended === "string") return failed(`${program} ${ended}`);
  return { kind: "exited", status: ended, output: outputs.map(({ text }) => text()).join("") };
};

type Limits = { readonly within: number; readonly stop: AbortSignal | undefined };

/** The exit status, or in words why there is none. */
const endOf = (child: ChildProcess, { within, stop }: Limits): Promise<number | string> =>
  new Promise((resolve) => {
    let because: string | undefined;
    let harder: NodeJS.Timeout | undefined;
    const endIt = (why: string): void => {
      because ??= why;
      signalGroup(child.pid, "SIGTERM");
      harder ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), timeToEnd);
    };
    const onStop = (): void => endIt("was ended: a stop was asked for");
    const timer = setTimeout(() => endIt(`did not end in ${within / 1000} s and was ended`), within);
    stop?.addEventListener("abort", onStop);
    child.once("exit", (status, signal) => {
      clearTimeout(timer);
      clearTimeout(harder);
      stop?.removeEventListener("abort", onStop);
      // what it started may have ignored the kinder signal
      if (because !== undefined) signalGroup(child.pid, "SIGKILL");
      resolve(because ?? status ?? `was ended by ${signal ?? "a signal"}`);
    });
    if (stop?.aborted === true) onStop();
  });

/** Waits for the ends of the streams, but not for a program in the background that holds them open: they are closed then. */
const drained = (streams: readonly Readable[]): ((ms: number) => Promise<void>) => {
  const all = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once("close", resolve))));
  return async (ms) => {
    const timer = setTimeout(() => streams.forEach((stream) => stream.destroy()), ms);
    await all;
    clearTimeout(timer);
  };
};

/** Without the system's own words, which may repeat an argument. */
const whyNot = (program: string, { code }: NotStarted): string => {
  if (code === "ENOENT") return `there is no program ${program}`;
  if (code === "EACCES") return `${program} may not be executed`;
  return isOutOfFiles(code) ? `${program} cannot be started: out of file descriptors` : `${program} cannot be started`;
};

const failed = (because: string): LocalResult => ({ kind: "failed", because });
