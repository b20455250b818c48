import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** Why a program does not run: the system's code and words. */
export type NotStarted = { readonly kind: "not_started"; readonly code: string; readonly message: string };

/** The process once it runs; `name` stands in the message where it does not. */
export const startProcess = <Child extends ChildProcess>(
  name: string,
  start: () => Child,
): Promise<Child | NotStarted> =>
  new Promise((resolve) => {
    const fail = (error: unknown): void => {
      const { code = "", message } = error as NodeJS.ErrnoException;
      resolve({ kind: "not_started", code, message: `${name} cannot be started: ${message}` });
    };
    try {
      const child = start();
      child.once("error", fail);
      child.once("spawn", () => resolve(child));
    } catch (error) {
      // Out of file descriptors, spawn throws.
      fail(error);
    }
  });

/** True for our own lack of file descriptors, which is not the host's fault. */
export const isOutOfFiles = (code: string): boolean => code === "EMFILE" || code === "ENFILE";

export type Tail = { readonly text: () => string; readonly forget: () => void };

/** The last `most` characters of a stream, which is read to its end, also when they are of no interest any more. */
export const tailOf = (stream: Readable, most: number): Tail => {
  let text = "";
  let wanted = true;
  stream.on("error", () => undefined);
  stream.setEncoding("utf8").on("data", (piece: string) => {
    if (wanted) text = (text + piece).slice(-most);
  });
  const forget = (): void => {
    wanted = false;
    text = "";
  };
  return { text: () => text, forget };
};
