import { readdirSync, readFileSync } from "node:fs";

export type Running = { readonly pid: number; readonly words: string };

/** Every process of this machine with these words on its argument list. */
export const processesWith = (words: string): Running[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return line.includes(words) ? [{ pid: Number(name), words: line }] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
