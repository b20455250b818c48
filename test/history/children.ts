import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import type { ChildTask } from "./child.ts";

export type Child = {
  readonly process: ChildProcessWithoutNullStreams;
  /** Its lines; the end of its output ends them. */
  readonly lines: AsyncIterableIterator<string>;
  /** Ends it at once and waits until it is gone. */
  readonly kill: () => Promise<void>;
};

/** Runs `child.ts` as a program of its own. `under`: a shell in namespaces of its own, which ends with `exec "$@"`. */
export const children = (): ((task: ChildTask, under?: string) => Child) => {
  const folder = mkdtempSync(join(tmpdir(), "ctfleet-child-"));
  const outfile = join(folder, "child.mjs");
  const started: ChildProcessWithoutNullStreams[] = [];
  beforeAll(async () => {
    const entryPoints = [join(import.meta.dirname, "child.ts")];
    const shape = {
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      loader: { ".sh": "text" },
    } as const;
    await build({ ...shape, entryPoints, outfile, logLevel: "error" });
  });
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  return (task, under) => {
    const words = [process.execPath, outfile, JSON.stringify(task)];
    const child =
      under === undefined
        ? spawn(process.execPath, words.slice(1))
        : spawn("unshare", ["--mount", "sh", "-c", under, "sh", ...words]);
    started.push(child);
    const ended = once(child, "close");
    return {
      process: child,
      lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
      kill: async () => {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
};

/** The next line that it prints; fails where it ends before. */
export const nextLine = async ({ lines }: Child): Promise<string> => {
  const next = await lines.next();
  if (next.done === true) throw new Error("the child has ended");
  return next.value;
};
