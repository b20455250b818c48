import type { ChildProcess } from "node:child_process";
import type { Failure } from "../../model/failure.ts";
import { startDeadline } from "../deadline.ts";
import { failureOf } from "../trouble.ts";
import type { Room } from "./folder.ts";
import { limitLogin } from "./limit.ts";
import { readLogFile } from "./log-file.ts";
import type { OpensshOptions } from "./options.ts";
import { endGroup } from "./process.ts";
import { phaseOf, readLog } from "./read-log.ts";

/** Why there is no connection. */
export type Why = Pick<Failure, "code" | "detail">;

/** A master from its start to the end of its login, whichever way that ends. */
export type Login = {
  /** To be called when it has started. Resolves at its end: with status 0 it is in the background. */
  readonly follow: (child: ChildProcess) => Promise<number | null>;
  readonly pid: () => number | undefined;
  /** Why it was ended from here; undefined: it was not. */
  readonly because: () => Why | undefined;
  readonly end: (because: Why) => void;
  /** Waits for a person's answer, which does not count as the host's time. */
  readonly pauseFor: <T>(answer: Promise<T>) => Promise<T>;
  readonly stop: () => void;
};

/** Bounds a login in time, and ends it with the run. */
export const watchLogin = ({ clock, timeouts }: OpensshOptions, { paths, closing }: Room): Login => {
  let child: ChildProcess | undefined;
  let why: Why | undefined;
  const end = (because: Why): void => {
    why ??= because;
    if (child) endGroup(child);
  };
  const onClosing = (): void => end({ code: "stopped", detail: "the run ended before the login" });
  const limit = limitLogin({
    ...{ clock, timeouts },
    phase: async () => phaseOf(readLog(await readLogFile(paths.log))),
    expired: (phase, ms) => end(failureOf({ kind: "deadline", phase, ms }, { sent: false, secrets: [] })),
  });
  closing.addEventListener("abort", onClosing);
  if (closing.aborted) onClosing();
  const follow = (started: ChildProcess): Promise<number | null> => {
    child = started;
    if (why) endGroup(started);
    return new Promise((resolve) => {
      // Its last words come by another pipe, which a proxy of it may hold open.
      started.once("exit", (status) => {
        const settle = (): void => {
          cancel();
          resolve(status);
        };
        const cancel = startDeadline(clock, grace, settle);
        if (status === 0) settle();
        else started.once("close", settle);
      });
    });
  };
  const pauseFor = async <T>(answer: Promise<T>): Promise<T> => {
    limit.pause();
    const given = await answer;
    limit.resume();
    return given;
  };
  const stop = (): void => {
    limit.stop();
    closing.removeEventListener("abort", onClosing);
  };
  return { follow, pid: () => child?.pid, because: () => why, end, pauseFor, stop };
};

/** Milliseconds. */
const grace = 300;
