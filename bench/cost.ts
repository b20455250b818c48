import { execFile } from "node:child_process";

/** Seconds of one whole process: `wall` on the clock, `cpu` user and system. */
export type Cost = { readonly wall: number; readonly cpu: number };

/** Runs a program to its end and says what it cost. An exit code that is not expected is an error with its words. */
export const costOf = (words: readonly string[], expected: readonly number[] = [0]): Promise<Cost> =>
  new Promise((resolve, reject) => {
    const timed = ["-c", 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>"$0"', "/dev/null", ...words];
    const child = execFile("bash", timed, { timeout: 300_000 }, (_error, _stdout, stderr) => {
      const [wall, user, system] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
      if (wall === undefined || user === undefined || system === undefined || !expected.includes(child.exitCode ?? -1))
        reject(new Error(`${words.join(" ")} ended with ${child.exitCode ?? "a signal"}: ${stderr}`));
      else resolve({ wall, cpu: user + system });
    });
  });

/** Middle of an odd number of figures, or the lower one of the two in the middle. */
export const median = (figures: readonly number[]): number => {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
};
