import type { Action } from "../model/action.ts";
import type { HostName, RunId } from "../model/brand.ts";
import type { Journal, Seen } from "../model/journal.ts";
import type { HostReport } from "../model/outcome.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { Walk } from "./survey.ts";

/** How a run goes over the fleet. */
export type ApplyOptions = {
  readonly run: RunId;
  readonly walk: Walk;
  readonly journal: Journal;
  /** Who does it, for the lock on a host: `root@controller`. */
  readonly owner: string;
  /** Of shuffled orders. */
  readonly seed: number;
  /** `--step`: asked before each batch that has something to do; undefined: nobody is asked. */
  readonly ask: ((batch: NextBatch) => Promise<StepAnswer>) | undefined;
  /** Hosts of a run that goes on. Those that have ended are among the targets, too: batches are cut as they were then. */
  readonly resumed: ReadonlyMap<HostName, Resumed>;
};

/** For one play: its place in the playbook, from 0. */
export type PlayOptions = ApplyOptions & { readonly playNumber: number };

/** `rest`: yes, and to all that follow. */
export type StepAnswer = "yes" | "no" | "rest";
export type NextBatch = {
  readonly play: string;
  readonly number: number;
  readonly of: number;
  readonly hosts: readonly HostName[];
  /** So far, in this run. */
  readonly ended: readonly HostReport[];
};

/** What a run that was cut off had come to with one host, by its journal. */
export type Resumed =
  /** It had ended, in this play: its report stands, and counts in the budget. */
  | { readonly kind: "ended"; readonly report: HostReport; readonly play: number; readonly seen: Seen | undefined }
  | {
      readonly kind: "open";
      /** What was sent, or may have been; without texts of files. */
      readonly changed: readonly Action[];
      readonly rebooted: boolean;
      /** What confirms a change that waits for it. */
      readonly token: string | undefined;
      /** The play whose change that is. */
      readonly play: number | undefined;
      /** Plays whose `before` has begun and whose `after` has not ended. */
      readonly owed: readonly number[];
    };

/** Was something sent to the host, or begun for it, that is to be finished whatever stands in the way of others? */
export const isUnderWay = (host: Resumed | undefined): host is Extract<Resumed, { readonly kind: "open" }> =>
  host?.kind === "open" &&
  (host.changed.length > 0 || host.rebooted || host.token !== undefined || host.owed.length > 0);

/** Is it this play that the run was at there? Of an earlier one nothing is left to finish, a later one has not begun. */
export const isUnderWayIn = (
  host: Resumed | undefined,
  { play, playNumber }: { readonly play: CompiledPlay; readonly playNumber: number },
): boolean => {
  if (!isUnderWay(host)) return false;
  // A host that was only looked at, or that refused, waits as all others do.
  const began = host.changed.length > 0 || host.rebooted || host.token !== undefined || play.hooks.after.length > 0;
  return began && Math.max(...host.owed, host.play ?? -1) === playNumber;
};
