import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { signalGroup } from "./process-group.ts";
import { codeOf, utf8 } from "./read-text.ts";
import { visible, visibleLine } from "./visible.ts";

export type Run = {
  readonly file: string;
  readonly args: readonly string[];
  /** Ends the program and everything that it started. */
  readonly stop: AbortSignal;
  /** Gets each line of its standard error. */
  readonly onStderr: (line: string) => void;
};

/** What it printed, or why that cannot be used. */
export type Ran = { readonly kind: "ok"; readonly text: string } | { readonly kind: "fault"; readonly message: string };

const caps = { stdout: 32 * 1024 * 1024, line: 2_000, lines: 1_000 };

/** Runs an executable inventory without a shell, as a group of processes of its own. Never throws. */
export const runInventory = ({ file, args, stop, onStderr }: Run): Promise<Ran> =>
  new Promise((done) => {
    const child = spawn(resolve(file), args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    const chunks: Buffer[] = [];
    let size = 0;
    let last = "";
    const end = (ran: Ran): void => {
      stop.removeEventListener("abort", onStop);
      done(ran);
    };
    const stopped = (because: string): void => {
      signalGroup(child.pid, "SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
      end(fault(because));
    };
    const onStop = (): void => {
      stopped(`did not end in time and was stopped${lastWords(last)}`);
    };
    const stderr = lines((line) => {
      last = line;
      onStderr(line);
    });
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > caps.stdout) stopped(`printed more than ${caps.stdout / 1024 / 1024} MiB and was stopped`);
      else chunks.push(chunk);
    });
    child.stderr.on("data", stderr.take);
    child.on("error", (error) => {
      end(fault(`cannot be run: ${because(error)}`));
    });
    child.on("close", (status, signal) => {
      stderr.flush();
      end(status === 0 ? printed(chunks) : fault(`${ending(status, signal)}${lastWords(last)}`));
    });
    if (stop.aborted) onStop();
    else stop.addEventListener("abort", onStop);
  });

const fault = (message: string): Ran => ({ kind: "fault", message });

const printed = (chunks: readonly Buffer[]): Ran => {
  const text = utf8(Buffer.concat(chunks));
  return text === undefined ? fault("printed what is not UTF-8 text") : { kind: "ok", text };
};

const ending = (status: number | null, signal: string | null): string =>
  status === null ? `was ended by ${signal ?? "a signal"}` : `ended with status ${status}`;

const lastWords = (line: string): string => (line === "" ? "" : `; its last words: ${visible(line)}`);

const because = (error: Error): string => {
  switch (codeOf(error)) {
    case "ENOENT":
      return "the program that its first line names does not exist";
    case "EACCES":
      return "this user may not execute it, or the program that its first line names";
    default:
      return codeOf(error) || error.message;
  }
};

/** Cuts what arrives into lines, each made visible, none longer than the cap, and no more than so many. */
const lines = (give: (line: string) => void): { take: (chunk: Buffer) => void; flush: () => void } => {
  let rest = "";
  let given = 0;
  const one = (line: string): void => {
    given += 1;
    if (given < caps.lines) give(visibleLine(line.slice(0, caps.line)));
    else if (given === caps.lines) give(`(more than ${caps.lines} lines: the others are not shown)`);
  };
  return {
    take: (chunk) => {
      const parts = (rest + chunk.toString("utf8")).split(/\r?\n/);
      rest = (parts.pop() ?? "").slice(0, caps.line);
      for (const part of parts) one(part);
    },
    flush: () => {
      if (rest !== "") one(rest);
    },
  };
};
