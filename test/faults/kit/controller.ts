import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JsonReport } from "../../support/ctfleet.ts";

const bin = join(import.meta.dirname, "../../../dist/ctfleet.js");
const killer = join(import.meta.dirname, "kill-at.mjs");

/** Where the controller ends by kill -9: at the n-th line of its journal that fits. */
export type KillAt = {
  /** Of the line, a regular expression. */
  readonly line: string;
  /** Nothing of it is written; half of it is; it is on disk, and nothing was done for it. */
  readonly moment: "before" | "torn" | "after";
  readonly nth?: number;
};

export type ControllerRequest = {
  /** The state folder (XDG_STATE_HOME). */
  readonly state: string;
  readonly kill?: KillAt | undefined;
  /** Writes every line of the journal there, too, when it is written. */
  readonly note?: string;
  /** The most open files. */
  readonly files?: number;
  /** In front of the program: `["unshare", "--mount", ...]`. */
  readonly within?: readonly string[];
};

export type Ended = {
  /** Undefined: ended by a signal. */
  readonly exit: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

export type Controller = {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
};

/** The built ctfleet as a process of its own, without a terminal; it ends after two minutes at most. */
export const startController = (words: readonly string[], request: ControllerRequest): Controller => {
  if (!existsSync(bin)) throw new Error("the bundle is not there: npm run build");
  const { state, kill, note, files, within = [] } = request;
  const preload = kill !== undefined || note !== undefined;
  const command = [
    ...within,
    ...(files === undefined ? [] : ["prlimit", `--nofile=${files}`]),
    ...[process.execPath, ...(preload ? ["--import", killer] : []), bin, ...words],
  ];
  const fault = preload ? { FAULT_KILL: JSON.stringify(kill ?? { note }) } : {};
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, SSH_AUTH_SOCK: "", XDG_STATE_HOME: state, ...fault },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit, signal) =>
      resolve({ exit: exit ?? undefined, signal: signal ?? undefined, stdout, stderr }),
    );
  });
  return { pid: child.pid!, kill: (signal) => child.kill(signal), stderr: () => stderr, ended };
};

/** What a controller says at its end as JSON; throws where it is none. */
export const reportOf = ({ exit, signal, stdout, stderr }: Ended): JsonReport => {
  try {
    return JSON.parse(stdout) as JsonReport;
  } catch {
    throw new Error(`no JSON report; exit ${exit ?? signal ?? "?"}\n${stdout}\n${stderr}`);
  }
};
