import type { FileHandle } from "node:fs/promises";
import type { Failure } from "../model/failure.ts";
import { codeOf } from "../source/read-text.ts";

/** Lines of a file that are on disk when their promise is fulfilled. */
export type GroupCommit = {
  /** A failure where the line may not be on disk: from then on no line is written, and each gets the same. */
  readonly write: (line: string) => Promise<Failure | undefined>;
  /** Waits for what is under way and closes the file. */
  readonly close: () => Promise<void>;
};

type Waiting = { readonly line: string; readonly done: (failure: Failure | undefined) => void };

/**
 * Lines that come while an earlier one is being flushed are written together, and flushed once: a thousand hosts need a few
 * flushes, not a thousand. Their order is kept. There are no more lines in memory than callers that wait.
 */
export const groupCommit = (file: string, handle: FileHandle): GroupCommit => {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let broken: Failure | undefined;
  const flushAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      broken ??= await commit(file, handle, group);
      for (const { done } of group) done(broken);
    }
    flushing = undefined;
  };
  return {
    write: (line) =>
      broken === undefined
        ? new Promise((done) => {
            waiting.push({ line, done });
            flushing ??= flushAll();
          })
        : Promise.resolve(broken),
    close: async () => {
      await flushing;
      await handle.close();
    },
  };
};

/** After a flush that failed nobody knows what is on disk, and a second one may claim that all is: it is never tried again. */
const commit = async (file: string, handle: FileHandle, group: readonly Waiting[]): Promise<Failure | undefined> => {
  try {
    await handle.appendFile(group.map(({ line }) => line).join(""));
    await handle.datasync();
    return undefined;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return { code: "journal_failed", detail: `${file}: ${codeOf(error)}`, sent: false };
  }
};
