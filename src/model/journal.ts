import type { Action } from "./action.ts";
import type { BootId, HostName, RunId } from "./brand.ts";
import type { Failure } from "./failure.ts";
import type { BecomeMethod } from "./host.ts";
import type { HostReport } from "./outcome.ts";
import type { Reading } from "./reading.ts";

/** What is sent to a host, or run for it, in the order in which it comes. */
export const hostStages = ["before", "apply", "reboot", "confirm", "revert", "after"] as const;
export type HostStage = (typeof hostStages)[number];

/** What a run was asked for: enough to go on with it from any folder. Paths are absolute; secrets and `-e` are not in it. */
export type RunRecord = {
  readonly run: RunId;
  readonly command: "apply" | "persist" | "rollback";
  readonly playbook: string;
  /** SHA-256 over the playbook, its templates and its files of variables. */
  readonly digest: string;
  /** Every host that the run is about, in the inventory's order. */
  readonly hosts: readonly HostName[];
  /** Of shuffled orders. */
  readonly seed: number;
  /** Seconds, of a trial. */
  readonly trial: number | undefined;
  readonly hadExtraVars: boolean;
  /** As whom each host was changed: what a rollback needs of the plays, which may be others by then. */
  readonly become: readonly RecordedBecome[];
  /** Of `apply --plan`: the plan's file, absolute, and the plan's own run. */
  readonly saved: { readonly file: string; readonly run: RunId } | undefined;
  /** Options of the command line as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of a rollback: the run that it puts back. */
  readonly of: RunId | undefined;
};

/** Hosts on which the run became the same user by the same method; those on which it became none are in none. */
export type RecordedBecome = {
  readonly method: BecomeMethod;
  readonly user: string;
  readonly hosts: readonly HostName[];
};

/** What was read of a changed host after its change: what gates compare a later reading with. */
export type Seen = { readonly boot: Reading<BootId>; readonly drops: Reading<number> };

/** One line of a run's journal. `play` counts from 0, in the playbook's order. Actions have no texts of files. */
export type JournalEntry =
  | ({ readonly kind: "begin" } & RunRecord)
  | {
      readonly kind: "batch";
      readonly play: number;
      readonly number: number;
      readonly of: number;
      readonly hosts: readonly HostName[];
    }
  /** On disk before anything is sent. `token`: what confirms the change, where it waits for it. */
  | {
      readonly kind: "intent";
      readonly host: HostName;
      readonly play: number;
      readonly stage: HostStage;
      readonly actions: readonly Action[];
      readonly token: string | undefined;
    }
  /** What became of it; without a failure it is done. */
  | {
      readonly kind: "result";
      readonly host: HostName;
      readonly play: number;
      readonly stage: HostStage;
      readonly failure: Failure | undefined;
    }
  /**
   * The host has ended in this play: this run touches it no more, but that an `unknown` one is settled when the run goes on.
   * A host that was not attempted has none: it has its turn when the run goes on.
   */
  | { readonly kind: "outcome"; readonly report: HostReport; readonly play: number; readonly seen: Seen | undefined }
  | { readonly kind: "stopped"; readonly because: string }
  | { readonly kind: "resumed" }
  | { readonly kind: "end"; readonly exit: number };

/**
 * The journal of a run that is under way. The promise is fulfilled when the entry is on disk; with a failure
 * (`journal_failed`) where it could not be written: then nothing may be sent.
 */
export type Journal = { readonly write: (entry: JournalEntry) => Promise<Failure | undefined> };
