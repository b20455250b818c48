import type { Action, FileBasis } from "../model/action.ts";
import type { NonEmpty, SysctlKey } from "../model/brand.ts";

/** How one action ended. Error text and values are the host's words: data, capped. */
export type StepResult =
  | { readonly kind: "done" }
  /** The wanted state was there before us. */
  | { readonly kind: "already" }
  | { readonly kind: "failed"; readonly error: string }
  /** The kernel took the value without an error, and reads back another one. */
  | { readonly kind: "differs"; readonly found: string }
  /** A module is in use: what was taken out before it is in again. `references` counts rules too, which have no name. */
  | {
      readonly kind: "busy";
      readonly module: string;
      readonly references: number;
      readonly holders: readonly string[];
      readonly error: string;
    }
  | { readonly kind: "not_tried" };

/** One value of a reload's `then`: `already` where the reload brought it. */
export type ValueResult = { readonly name: "hashsize" | SysctlKey; readonly result: StepResult };

export type Step = {
  readonly action: Action;
  readonly result: StepResult;
  /** Those of `then`, in its order; empty for other actions. */
  readonly values: readonly ValueResult[];
};

/** What waits on the host for a trial's end: a timer of systemd, or a process of its own. */
export type TrialTimer = "systemd" | "process";

/** What waits for the confirmation, and what would put the change back at the next boot. */
export type Armed = { readonly timer: TrialTimer; readonly boot: BootEntry };
export const bootEntries = ["systemd", "openrc", "sysv", "cron", "rc_local", "none"] as const;
type BootEntry = (typeof bootEntries)[number];

/** `none`: nothing was to be changed. `failed`: then nothing was changed. */
export type Backup =
  | { readonly kind: "none" }
  | { readonly kind: "kept"; readonly folder: string }
  | { readonly kind: "failed"; readonly error: string };

/**
 * Why a target is not touched. `read_only`: its folder cannot be written; `folder_symlink`: it could lead out of a private
 * root; `in_use`: a module is held by more than was planned; `trial_runs`: another trial runs here; `not_armed`: nothing would put it back by itself.
 */
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
  "in_use",
  "modules_locked",
  "no_program",
  "rules_differ",
  "trial_runs",
  "trial_not_armed",
  "not_armed",
] as const;
type Oddity = (typeof oddities)[number];

export type Refusal = { readonly action: Action; readonly because: Oddity; readonly detail: string };

/**
 * What stood in the place of the planned state; a live value that is `absent` has no file that can be read. For modules
 * and services it is words.
 */
export type Stale = {
  readonly action: Action;
  readonly found: FileBasis | { readonly kind: "value"; readonly text: string };
};

type Waits = {
  readonly trial?: TrialTimer;
  /** Where a confirmation was asked for and something was due. */
  readonly armed?: Armed;
};

export type ApplyResult =
  | ({ readonly kind: "applied"; readonly steps: NonEmpty<Step>; readonly backup: Backup } & Waits)
  /** Nothing was changed, nothing was even looked at: another run works on this host. `by`: which, in the host's words. */
  | { readonly kind: "locked"; readonly by: string }
  /** Nothing was changed. */
  | { readonly kind: "stale"; readonly stale: NonEmpty<Stale> }
  /** Nothing was changed. Where other actions are stale too, the refusals are told: they stay after a new plan. */
  | { readonly kind: "refused"; readonly refusals: NonEmpty<Refusal> }
  /** Files, modules and services stop at the first failure; live values go on, and each has its own result. */
  | ({ readonly kind: "failed"; readonly steps: NonEmpty<Step>; readonly backup: Backup } & Waits)
  /** The script ran, and how far it came is not known. */
  | { readonly kind: "garbled"; readonly because: string };
