import { createHash } from "node:crypto";
import type { Action, FileBasis } from "../model/action.ts";
import { append } from "../model/append.ts";
import type { HostPath, NonEmpty, RunId, SysctlKey } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import backupPart from "./backup.sh";
import checkPart from "./check.sh";
import filesPart from "./files.sh";
import framePart from "./frame.sh";
import livePart from "./live.sh";

type ApplyRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  readonly run: RunId;
  /** Prefix of every path, /proc, /sys and /var/lib/ctfleet too; empty for a real host. */
  readonly root: string;
  /** In the planner's order. At most one action for a path. */
  readonly actions: NonEmpty<Action>;
};

type FileStep = { readonly number: number; readonly action: Extract<Action, { path: HostPath }> };
type LiveStep = { readonly number: number; readonly action: Extract<Action, { kind: "set" | "set_hashsize" }> };
type Step = FileStep | LiveStep;

/**
 * One POSIX script for `/bin/sh -s` that takes a host through `actions`; `parseApply` reads what it prints. It checks
 * every action before its first change, and nothing runs until the last line has arrived: a script that was cut off
 * on its way does nothing. Throws on requests that no caller may make (bad nonce or run, two actions for one path, NUL).
 */
export const buildApply = (request: ApplyRequest): string => {
  assertSound(request);
  const steps = request.actions.map(toStep);
  const files = steps.filter(isFileStep);
  const live = steps.filter(isLiveStep);
  const calls = [
    sh(["survey", ...files.map((step) => step.action.path)]),
    "find_hashsize",
    surveyLive(live),
    ...steps.map((step) => (isLiveStep(step) ? checkLive(step) : checkFile(step))),
    orStop("is_fit"),
    ...steps.map((step) => orStop(isLiveStep(step) ? saveLive(step) : saveFile(step))),
    orStop("close_backup"),
    ...stageFiles(files),
    orStop("verify"),
    orStop("flush_written"),
    ...files.map((step) => orStop(sh([step.action.kind === "write" ? "put_file" : "remove_file", ...target(step)]))),
    orStop("finish_files"),
    ...live.map((step) => liveCall("set_live", step, [String(step.action.to)])),
    surveyLive(live),
    ...live.map((step) => liveCall("tell_live", step, [String(step.action.to)])),
    "note_change",
    "prune_runs",
  ];
  return [
    `nonce=${quote(request.nonce)} run=${quote(request.run)} root=${quote(request.root)}`,
    framePart,
    checkPart,
    backupPart,
    filesPart,
    livePart,
    // Children must not read the rest of the script, and a shell must not read on after its end.
    `apply() {\n${calls.join("\n")}\n}`,
    "{ apply </dev/null; frame end ''; exit 0; }\n",
  ].join("\n");
};

const assertSound = ({ nonce, run, root, actions }: ApplyRequest): void => {
  const paths = actions.flatMap((action) => ("path" in action ? [action.path] : []));
  if (!/^[0-9a-f]{32}$/.test(nonce)) throw new Error("a nonce is 32 hex digits");
  if (!/^\d{8}T\d{6}Z-[0-9a-f]+$/.test(run)) throw new Error(`not a run's id: ${run}`);
  if (/[\n\r]|\/$/.test(root)) throw new Error("a root is a path on one line without a slash at its end");
  if (new Set(paths).size < paths.length) throw new Error("two actions for one path");
};

const toStep = (action: Action, at: number): Step =>
  // The same twice: each branch has its own type.
  "path" in action ? { number: at + 1, action } : { number: at + 1, action };

const isFileStep = (step: Step): step is FileStep => "path" in step.action;
const isLiveStep = (step: Step): step is LiveStep => !isFileStep(step);

const orStop = (call: string): string => `${call} || return 0`;

const target = ({ number, action }: FileStep): readonly [string, string] => [String(number), action.path];

const checkFile = (step: FileStep): string =>
  sh(["check_file", ...target(step), inMountinfo(step.action.path), wanted(step.action), state(step.action.from)]);

const checkLive = (step: LiveStep): string =>
  liveCall("check_live", step, [String(step.action.to), String(step.action.from)]);

const surveyLive = (steps: readonly LiveStep[]): string => ["survey_live", ...steps.map(liveFile)].join(" ");

const liveCall = (name: string, step: LiveStep, values: readonly string[]): string =>
  `${name} ${step.number} ${liveFile(step)} ${sh(values)}`;

/** A shell word. The name of the hash size's file is found on the host: by the kernel's age it is one of two. */
const liveFile = ({ action }: LiveStep): string =>
  action.kind === "set" ? quote(procPath(action.key)) : '"$hashsize"';

/** Manifest: `file STEP STATE PATH` with a copy named STEP where there was a file, `hashsize STEP VALUE`, `set STEP KEY VALUE`. */
const saveFile = (step: FileStep): string => {
  const { path, from } = step.action;
  const copy = from.kind === "regular" ? [path, from.sha256] : [];
  return sh(["save", String(step.number), `file ${step.number} ${state(from)} ${path}`, ...copy]);
};

const saveLive = ({ number, action }: LiveStep): string => {
  const line =
    action.kind === "set" ? `set ${number} ${action.key} ${action.from}` : `hashsize ${number} ${action.from}`;
  return sh(["save", String(number), line]);
};

/** Files of one owner and mode stand together: one chown and one chmod serve them all. */
const stageFiles = (files: readonly FileStep[]): readonly string[] => {
  const groups = new Map<string, string[]>();
  for (const { number, action } of files) {
    if (action.kind === "remove") continue;
    const own = sh(["own", `${action.uid}:${action.gid}`, octal(action.mode)]);
    const stage = sh(["stage", String(number), action.path, sha256(action.text), action.text]);
    append(groups, own, stage);
  }
  return [...groups].flatMap(([own, stages]) => [...stages, own].map(orStop));
};

const wanted = (action: FileStep["action"]): string =>
  action.kind === "remove"
    ? "absent"
    : state({ kind: "regular", sha256: sha256(action.text), mode: action.mode, uid: action.uid, gid: action.gid });

/** A file's state as the script writes it: `absent` or `MODE UID GID SHA256`. */
const state = (basis: FileBasis): string =>
  basis.kind === "absent" ? "absent" : `${octal(basis.mode)} ${basis.uid} ${basis.gid} ${basis.sha256}`;

const octal = (mode: number): string => mode.toString(8);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A path as /proc/self/mountinfo writes it: proc_pid_mountinfo(5). */
const inMountinfo = (path: string): string => path.replaceAll("\\", "\\134").replaceAll(" ", "\\040");

/** A key's file. As in sysctl(8), a slash stands for a dot inside a component: `net.ipv4.conf.eth0/1.forwarding`. */
const procPath = (key: SysctlKey): string => {
  const parts = key.split(".").map((part) => part.replaceAll("/", "."));
  if (parts.some((part) => /^\.*$/.test(part))) throw new Error(`not a sysctl key: ${key}`);
  return `/proc/sys/${parts.join("/")}`;
};
