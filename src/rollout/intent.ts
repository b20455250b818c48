import type { Action } from "../model/action.ts";
import type { HostName } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { HostStage, Journal } from "../model/journal.ts";

/** What is about to be sent to a host, or run for it. */
export type Intent = {
  readonly host: HostName;
  /** From 0, in the playbook's order. */
  readonly play: number;
  readonly stage: HostStage;
  readonly actions: readonly Action[];
  /** What confirms the change. */
  readonly token: string | undefined;
};

type Done<T> =
  | { readonly kind: "done"; readonly result: T }
  | { readonly kind: "unwritten"; readonly failure: Failure };

/**
 * Does the work only when the intent is on disk, and writes after it what became of it. A result that cannot be written is
 * met by the next entry: the intent stands then, and whoever goes on with the run reads the host.
 */
export const withIntent = async <T>(
  journal: Journal,
  intent: Intent,
  work: () => Promise<{ readonly result: T; readonly failure: Failure | undefined }>,
): Promise<Done<T>> => {
  const unwritten = await journal.write({ kind: "intent", ...intent });
  if (unwritten !== undefined) return { kind: "unwritten", failure: unwritten };
  const { result, failure } = await work();
  const { host, play, stage } = intent;
  await journal.write({ kind: "result", host, play, stage, failure });
  return { kind: "done", result };
};
