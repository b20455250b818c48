import type { Action } from "../model/action.ts";
import { type Failure, type FailureCode, isUnreachable } from "../model/failure.ts";
import type { JournalEntry } from "../model/journal.ts";
import type { HostReport } from "../model/outcome.ts";
import type { Resumed } from "../rollout/apply-options.ts";
import { joined } from "../rollout/joined.ts";

/** What a journal has told of one host so far. */
export type KnownHost = {
  /** What was sent, or may have been, and was not put back: by play, in the order of the plays. */
  readonly sent: ReadonlyMap<number, readonly Action[]>;
  readonly rebooted: boolean;
  /** A change that waits for its confirmation. */
  readonly waits: { readonly play: number; readonly token: string } | undefined;
  /** Plays that have begun with it, and whose `after` has not ended well. */
  readonly owed: ReadonlySet<number>;
  /** The same before the last thing was meant to be sent: it may come out that nothing was. */
  readonly before: KnownHost | undefined;
};

export const untouched: KnownHost = {
  sent: new Map(),
  rebooted: false,
  waits: undefined,
  owed: new Set(),
  before: undefined,
};

type Intent = Extract<JournalEntry, { kind: "intent" }>;
type Result = Extract<JournalEntry, { kind: "result" }>;

/** One entry further. */
export const step = (known: KnownHost, entry: Intent | Result): KnownHost =>
  entry.kind === "intent" ? intended(known, entry) : resulted(known, entry);

const intended = (known: KnownHost, { play, stage, actions, token }: Intent): KnownHost => {
  const owed = new Set([...known.owed, play]);
  if (stage !== "apply" && stage !== "reboot") return { ...known, owed };
  return {
    sent: new Map(known.sent).set(play, joined(known.sent.get(play) ?? [], actions)),
    rebooted: known.rebooted || stage === "reboot",
    waits: token === undefined ? known.waits : { play, token },
    owed,
    before: { ...known, before: undefined },
  };
};

const resulted = (known: KnownHost, { play, stage, failure }: Result): KnownHost => {
  switch (stage) {
    case "apply":
    case "reboot":
      return failure !== undefined && isNothingDone(failure) && known.before !== undefined
        ? { ...known.before, owed: known.owed }
        : { ...known, before: undefined };
    case "confirm":
      return failure === undefined ? { ...known, waits: undefined } : known;
    case "revert":
      return failure === undefined ? putBack(known, play) : known;
    case "after":
      // One that failed stays owed: the host may be drained still.
      if (failure !== undefined) return known;
      return { ...known, owed: new Set([...known.owed].filter((one) => one !== play)) };
    case "before":
      return known;
  }
};

const putBack = (known: KnownHost, play: number): KnownHost => ({
  ...known,
  sent: new Map([...known.sent].filter(([one]) => one !== play)),
  waits: known.waits?.play === play ? undefined : known.waits,
});

/** What a host's outcome says beside its results: a host that has put itself right was asked by nobody. */
export const settled = (known: KnownHost, { outcome }: HostReport): KnownHost =>
  outcome.kind === "reverted" && known.waits !== undefined ? putBack(known, known.waits.play) : known;

/** What this run has changed there, or may have. */
export const changedBy = ({ sent }: KnownHost): readonly Action[] => [...sent.values()].flat();

export type Ended = Omit<Extract<JournalEntry, { kind: "outcome" }>, "kind">;

/** How a run goes on with the host; undefined: from its beginning. */
export const resumedAs = (known: KnownHost, ended: Ended | undefined): Resumed | undefined => {
  if (ended !== undefined && hasEnded(ended.report)) return { kind: "ended", ...ended };
  const { rebooted, waits, owed } = known;
  const changed = changedBy(known);
  if (changed.length === 0 && !rebooted && owed.size === 0) return undefined;
  return { kind: "open", changed, rebooted, token: waits?.token, play: waits?.play, owed: [...owed] };
};

const goesOn: ReadonlySet<FailureCode> = new Set(["stopped", "journal_failed", "after_failed"]);

/**
 * A host that nobody knows how it ended is looked at again, one that a stop came before has its turn, and one that only its
 * `after` failed for has that run again.
 */
export const hasEnded = (report: HostReport | undefined): boolean => {
  if (report === undefined) return false;
  const { outcome } = report;
  if (outcome.kind === "unknown" || outcome.kind === "not_attempted") return false;
  return !("failure" in outcome && goesOn.has(outcome.failure.code));
};

/** The host said itself that it left everything as it was, or it was never reached. */
const isNothingDone = ({ sent, code }: Failure): boolean => !sent && (isUnreachable(code) || leftAsItWas.has(code));

const leftAsItWas: ReadonlySet<FailureCode> = new Set([
  ...(["become_refused", "become_stalled", "account_unusable", "needs_root", "stale", "locked"] as const),
  ...(["target_refused", "still_needed", "rules_differ", "module_busy", "reboot_refused", "journal_failed"] as const),
]);
