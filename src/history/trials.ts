import { chmod, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { RunId } from "../model/brand.ts";
import { type Checked, problemOf } from "../model/problem.ts";
import { codeOf, readText, refusedFor } from "../source/read-text.ts";
import { parseTrial, runPattern, type TrialRecord, trialText } from "./trial-record.ts";

/** Writes the record of a trial before anything is sent: flushed, whole or not at all, for this user alone. */
export const saveTrial = async (state: string, record: TrialRecord): Promise<Checked<string>> => {
  const folder = join(state, "trials");
  const file = join(folder, `${record.run}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const handle = await open(`${file}.new`, "wx", 0o600);
    try {
      await handle.writeFile(trialText(record));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
    return { kind: "ok", value: file };
  } catch (error) {
    return { kind: "problems", problems: [problemOf(file, `cannot be written (${codeOf(error)}): a trial needs it`)] };
  }
};

/** Removes the record of a trial that no host has. */
export const forgetTrial = (state: string, run: RunId): Promise<void> =>
  rm(join(state, "trials", `${run}.json`), { force: true });

/** The record of a trial by its run, or of the newest one (`last`). */
export const findTrial = async (state: string, run: string): Promise<Checked<TrialRecord>> => {
  const folder = join(state, "trials");
  const known = await trialsIn(folder);
  if (known.kind === "problems") return known;
  const found = run === "last" ? known.value.at(-1) : known.value.find((one) => one === run);
  if (found === undefined)
    return refused(
      folder,
      known.value.length === 0
        ? "has no trial: none was run from this account on this machine"
        : `has no trial ${run}; the newest are ${known.value.slice(-5).join(", ")}`,
    );
  const file = join(folder, `${found}.json`);
  const strange = await whyStrange(file);
  if (strange !== undefined) return refused(file, strange);
  const text = await readText(file);
  if (text.kind === "problems") return text;
  const record = parseTrial(text.value.text);
  return record?.run !== found
    ? refused(text.value.file, "is not a record of a trial that this version can read")
    : { kind: "ok", value: record };
};

/** What it says is done on hosts: nobody else may have written it. */
const whyStrange = async (file: string): Promise<string | undefined> => {
  const about = await lstat(file);
  if (!about.isFile()) return "is not a regular file";
  if (about.uid !== userInfo().uid) return "belongs to another user";
  return (about.mode & 0o022) === 0 ? undefined : "may be written by others: chmod go-w";
};

/** Runs that have a record, the newest last: their names sort by time. */
const trialsIn = async (folder: string): Promise<Checked<readonly string[]>> => {
  try {
    const names = await readdir(folder);
    const runs = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
    return { kind: "ok", value: runs.filter((name) => runPattern.test(name)).sort() };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "ok", value: [] };
    return { kind: "problems", problems: [refusedFor(folder, error)] };
  }
};

const refused = (file: string, message: string): Checked<never> => ({
  kind: "problems",
  problems: [problemOf(file, message)],
});
