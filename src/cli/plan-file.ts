import { rename } from "node:fs/promises";
import { resolve } from "node:path";
import { readTrusted, refused, writeBeside } from "../history/private-files.ts";
import type { RunRecord } from "../model/journal.ts";
import { type Checked, problemOf } from "../model/problem.ts";
import { largestPlan, parseSavedPlan, type SavedPlan, savedPlanText } from "../plan/saved-plan.ts";
import { codeOf } from "../source/read-text.ts";

/** A saved plan and the file that it stands in, absolute. */
export type PlanFile = { readonly file: string; readonly plan: SavedPlan };

/**
 * A saved plan as `plan --out` wrote it, or why it is not taken. Its seal is no signature: a file that somebody else may have
 * written is refused.
 */
export const readPlan = async (name: string): Promise<Checked<PlanFile>> => {
  const file = resolve(name);
  const text = await readTrusted(file, largestPlan);
  if (text.kind === "problems") return text;
  if (text.value === undefined) return refused(file, "does not exist");
  const plan = parseSavedPlan(file, text.value);
  return plan.kind === "problems" ? plan : { kind: "ok", value: { file, plan: plan.value } };
};

/** The plan that a run was started with, again; undefined where it was started with none. Nothing else was reviewed. */
export const recordedPlan = async ({
  run,
  saved,
}: Pick<RunRecord, "run" | "saved">): Promise<Checked<PlanFile | undefined>> => {
  if (saved === undefined) return { kind: "ok", value: undefined };
  const read = await readPlan(saved.file);
  const what = `run ${run} goes on with plan ${saved.run}, which it was started with`;
  if (read.kind === "problems")
    return refused(
      saved.file,
      `${read.problems[0].message}; ${what}: put that file back, or make a new plan of what is left`,
    );
  return read.value.plan.run === saved.run
    ? read
    : refused(
        saved.file,
        `is plan ${read.value.plan.run} by now; ${what}: put that file back, or apply this one as a new run`,
      );
};

/** Writes a plan, whole or not at all, for this user alone. A problem where it may not be written, or holds a secret. */
export const writePlan = async (file: string, plan: SavedPlan): Promise<Checked<string>> => {
  const text = savedPlanText(plan);
  if (text.kind === "problems") return text;
  try {
    await rename(await writeBeside(file, text.value), file);
    return { kind: "ok", value: file };
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return { kind: "problems", problems: [problemOf(file, `cannot be written (${codeOf(error)})`)] };
  }
};
