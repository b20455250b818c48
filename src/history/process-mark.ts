import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { kill, pid as ownPid } from "node:process";
import { z } from "zod";
import { codeOf } from "../source/read-text.ts";

/**
 * What tells one process from all others, later ones with its number too. Empty texts where this system has no /proc: then
 * a living number counts as the process.
 */
export type ProcessMark = {
  readonly pid: number;
  /** Clock ticks since the boot at which it started (proc(5), /proc/PID/stat, field 22). */
  readonly started: string;
  readonly boot: string;
  /** Numbers of processes mean something only within it (pid_namespaces(7)). */
  readonly namespace: string;
  /** Name of the machine. */
  readonly controller: string;
};

export const processMark = {
  pid: z.int().positive(),
  started: z.string(),
  boot: z.string(),
  namespace: z.string(),
  controller: z.string(),
};

/** The mark of this process. */
export const thisProcess = async (): Promise<ProcessMark> => ({
  pid: ownPid,
  started: (await statOf(ownPid))?.started ?? "",
  ...(await here()),
});

/**
 * Is the process provably gone? Of another machine, or of a container of which nothing is seen here, that cannot be said: no.
 */
export const isGone = async (mark: ProcessMark): Promise<boolean> => {
  const { controller, boot, namespace } = await here();
  if (mark.controller !== controller) return false;
  if (mark.boot !== boot) return mark.boot !== "" && boot !== "";
  if (mark.namespace !== namespace) return false;
  if (!isThere(mark.pid)) return true;
  const stat = await statOf(mark.pid);
  if (stat === undefined || mark.started === "") return false;
  return stat.started !== mark.started || stat.ended;
};

/** A process of another account is there, too: it may only not be told anything. */
const isThere = (pid: number): boolean => {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
};

/** Undefined where it cannot be seen. `ended`: it is dead, and only its parent has not looked yet. */
const statOf = async (pid: number): Promise<{ readonly started: string; readonly ended: boolean } | undefined> => {
  const stat = await textOf(readFile(`/proc/${pid}/stat`, "latin1"));
  // The name of the program stands in parentheses, and may hold any of them itself.
  const [state = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const started = rest[18];
  return started === undefined ? undefined : { started, ended: state === "Z" || state === "X" };
};

const here = async (): Promise<Omit<ProcessMark, "pid" | "started">> => ({
  boot: (await textOf(readFile("/proc/sys/kernel/random/boot_id", "latin1"))).trim(),
  namespace: await textOf(readlink("/proc/self/ns/pid")),
  controller: hostname(),
});

const textOf = async (reading: Promise<string>): Promise<string> => {
  try {
    return await reading;
  } catch {
    return "";
  }
};
