import type { Action, FileBasis } from "../model/action.ts";
import type { NonEmpty } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";

/** How one action ended. Error text and values are the host's words: data, capped. */
export type StepResult =
  | { readonly kind: "done" }
  /** The wanted state was there before us. */
  | { readonly kind: "already" }
  | { readonly kind: "failed"; readonly error: string }
  /** The kernel took the value without an error, and reads back another one. */
  | { readonly kind: "differs"; readonly found: string }
  | { readonly kind: "not_tried" };

export type Step = { readonly action: Action; readonly result: StepResult };

/** `none`: nothing was to be changed. `failed`: then nothing was changed. */
export type Backup =
  | { readonly kind: "none" }
  | { readonly kind: "kept"; readonly folder: string }
  | { readonly kind: "failed"; readonly error: string };

/** Why a target is not touched. `read_only`: its folder cannot be written; `folder_symlink`: it could lead out of a private root. */
export const oddities = [
  "symlink",
  "folder",
  "special_file",
  "hard_link",
  "mount_point",
  "immutable",
  "missing_folder",
  "folder_symlink",
  "read_only",
  "unreadable",
] as const;
type Oddity = (typeof oddities)[number];

export type Refusal = { readonly action: Action; readonly because: Oddity; readonly detail: string };

/** What stood in the place of the planned state; a live value that is `absent` has no file that can be read. */
export type Stale = {
  readonly action: Action;
  readonly found: FileBasis | { readonly kind: "value"; readonly text: string };
};

export type ApplyResult =
  | { readonly kind: "applied"; readonly steps: NonEmpty<Step>; readonly backup: Backup }
  /** Nothing was changed. */
  | { readonly kind: "stale"; readonly stale: NonEmpty<Stale> }
  /** Nothing was changed. Where other actions are stale too, the refusals are told: they stay after a new plan. */
  | { readonly kind: "refused"; readonly refusals: NonEmpty<Refusal> }
  /** Files stop at the first failure; live values go on, and each has its own result. */
  | { readonly kind: "failed"; readonly steps: NonEmpty<Step>; readonly backup: Backup }
  /** The script ran, and how far it came is not known. */
  | { readonly kind: "garbled"; readonly because: string };

/** The failure that a host is reported with, or undefined where every step is in place. */
export const failureOf = (result: ApplyResult): Failure | undefined => {
  switch (result.kind) {
    case "applied":
      return undefined;
    case "stale":
      return { code: "stale", detail: result.stale.map(({ action }) => nameOf(action)).join(", "), sent: false };
    case "refused":
      return { code: "target_refused", detail: result.refusals.map(refusalText).join(", "), sent: false };
    case "failed":
      return stepFailure(result.steps, result.backup);
    case "garbled":
      return { code: "output_garbled", detail: result.because, sent: true };
  }
};

const stepFailure = (steps: NonEmpty<Step>, backup: Backup): Failure => {
  if (backup.kind === "failed") return { code: "write_failed", detail: backup.error, sent: true };
  const bad = steps.filter(({ result }) => result.kind === "failed" || result.kind === "differs");
  const code = bad.some(({ action }) => "path" in action) ? "write_failed" : "set_failed";
  return { code, detail: bad.map(stepText).join(", "), sent: true };
};

const stepText = ({ action, result }: Step): string =>
  `${nameOf(action)}: ${result.kind === "failed" ? result.error : result.kind === "differs" ? result.found : ""}`;

const refusalText = ({ action, because, detail }: Refusal): string =>
  `${nameOf(action)}: ${because}${detail === "" ? "" : ` ${detail}`}`;

const nameOf = (action: Action): string =>
  action.kind === "set" ? action.key : action.kind === "set_hashsize" ? "hashsize" : action.path;
