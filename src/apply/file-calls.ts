import { createHash } from "node:crypto";
import type { FileBasis } from "../model/action.ts";
import { append } from "../model/append.ts";
import { sh } from "../remote/quote.ts";
import { type FileStep, orStop, save } from "./step.ts";

/** Calls for files, as check.sh and files.sh take them: all are checked, saved and staged before the first is put. */
export const surveyFiles = (files: readonly FileStep[]): string =>
  sh(["survey", ...files.map((step) => step.action.path)]);

export const checkFile = (step: FileStep): string =>
  sh(["check_file", ...target(step), inMountinfo(step.action.path), wanted(step.action), state(step.action.from)]);

/** Manifest: `file STEP STATE PATH`, with a copy named STEP where there was a file. */
export const saveFile = ({ number, action: { path, from } }: FileStep): string =>
  save(number, `file ${number} ${state(from)} ${path}`, from.kind === "regular" ? [path, from.sha256] : []);

/** Files of one owner and mode stand together: one chown and one chmod serve them all. */
export const stageFiles = (files: readonly FileStep[]): readonly string[] => {
  const groups = new Map<string, string[]>();
  for (const { number, action } of files) {
    if (action.kind === "remove") continue;
    const own = sh(["own", `${action.uid}:${action.gid}`, octal(action.mode)]);
    const stage = sh(["stage", String(number), action.path, sha256(action.text), action.text]);
    append(groups, own, stage);
  }
  return [...groups].flatMap(([own, stages]) => [...stages, own].map(orStop));
};

export const putFile = (step: FileStep): string =>
  sh([step.action.kind === "write" ? "put_file" : "remove_file", ...target(step)]);

const target = ({ number, action }: FileStep): readonly [string, string] => [String(number), action.path];

const wanted = (action: FileStep["action"]): string =>
  action.kind === "remove"
    ? "absent"
    : state({ kind: "regular", sha256: sha256(action.text), mode: action.mode, uid: action.uid, gid: action.gid });

/** What a file was before us, and is after. */
export const fileStates = (action: FileStep["action"]): { readonly from: string; readonly to: string } => ({
  from: state(action.from),
  to: wanted(action),
});

/** A file's state as the script writes it: `absent` or `MODE UID GID SHA256`. */
const state = (basis: FileBasis): string =>
  basis.kind === "absent" ? "absent" : `${octal(basis.mode)} ${basis.uid} ${basis.gid} ${basis.sha256}`;

const octal = (mode: number): string => mode.toString(8);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A path as /proc/self/mountinfo writes it: proc_pid_mountinfo(5). */
const inMountinfo = (path: string): string => path.replaceAll("\\", "\\134").replaceAll(" ", "\\040");
