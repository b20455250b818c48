import { readdir } from "node:fs/promises";
import type { RunId } from "../model/brand.ts";
import type { Checked } from "../model/problem.ts";
import { codeOf, refusedFor } from "../source/read-text.ts";
import { refused } from "./private-files.ts";

/** A run's id; the name of a file, so nothing else may pass. */
export const runPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4,16}$/;

/** Files that are named for runs: what their names end with, and what they are called. */
export type Kept = { readonly ending: string; readonly noun: string };

/** The run of which a folder has a file, by its id or as `last`; no path passes for one. */
export const pickRun = async (folder: string, run: string, { ending, noun }: Kept): Promise<Checked<RunId>> => {
  const known = await runNames(folder, ending);
  if (known.kind === "problems") return known;
  const found = run === "last" ? known.value.at(-1) : known.value.find((one) => one === run);
  if (found !== undefined) return { kind: "ok", value: found };
  const newest = known.value.slice(-5).join(", ");
  return refused(
    folder,
    newest === ""
      ? `has no ${noun}: none was run from this account on this machine`
      : `has no ${noun} ${run}; the newest are ${newest}`,
  );
};

/** Runs of which a folder has a file, the newest last: their names sort by time. */
export const runNames = async (folder: string, ending: string): Promise<Checked<readonly RunId[]>> => {
  try {
    const names = await readdir(folder);
    const runs = names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
    return { kind: "ok", value: runs.filter((name): name is RunId => runPattern.test(name)).sort() };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "ok", value: [] };
    return { kind: "problems", problems: [refusedFor(folder, error)] };
  }
};
