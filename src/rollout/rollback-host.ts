import { revertFailureOf } from "../apply/parse-revert.ts";
import type { Action } from "../model/action.ts";
import type { NonEmpty, RunId } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import type { ApplyOptions } from "./apply-options.ts";
import { defect } from "./defect.ts";
import { type PutBack, revertHost } from "./revert-host.ts";
import { wordsOf } from "./standing.ts";
import { failedOutcome } from "./survey.ts";
import { gatherFacts, type Visited } from "./visit.ts";

/** A host that a run has changed, and what was sent to it. */
export type RollbackTarget = Visited & { readonly actions: NonEmpty<Action> };

type Options = Pick<ApplyOptions, "walk" | "journal" | "owner"> & { readonly of: RunId };

// Milliseconds in which a host must have answered.
const patience = 180_000;

/** Puts one host back as it was before a run, and reads that the host says so. */
export const rollbackHost = async (target: RollbackTarget, options: Options): Promise<HostReport> => {
  const { actions } = target;
  try {
    const told = await revertHost(
      target,
      { of: options.of, what: "all", actions, within: patience },
      { ...options, playNumber: 0 },
    );
    return report(target, await outcomeOf(told, target, options));
  } catch (error) {
    return report(target, { kind: "unknown", failure: defect(error, true), actions });
  }
};

export const leftOut = (target: RollbackTarget, because: string): HostReport =>
  report(target, { kind: "not_attempted", because, actions: target.actions });

const report = ({ host }: RollbackTarget, outcome: Outcome): HostReport => ({ name: host.name, outcome, findings: [] });

const outcomeOf = async (told: PutBack, target: RollbackTarget, options: Options): Promise<Outcome> => {
  const { actions } = target;
  switch (told.kind) {
    case "reverted":
    case "already": {
      const failure = revertFailureOf(told) ?? (await unproven(target, options));
      if (failure !== undefined) return { kind: "failed", failure, actions };
      return told.kind === "already" ? { kind: "compliant" } : { kind: "changed", actions, undone: true };
    }
    case "changed_since":
    case "locked": {
      const failure = revertFailureOf(told);
      return { kind: "not_attempted", because: failure === undefined ? told.kind : wordsOf(failure), actions };
    }
    case "nothing":
      return failedOutcome(revertFailureOf(told) ?? noSnapshot, actions);
    case "lost":
      return told.failure.sent
        ? { kind: "unknown", failure: told.failure, actions }
        : failedOutcome(told.failure, actions);
    case "unwritten":
      return failedOutcome(told.failure, actions);
  }
};

const noSnapshot: Failure = { code: "no_snapshot", detail: "", sent: false };

/** Why a new reading does not show that the run was put back, where it does not. */
const unproven = async (target: RollbackTarget, { walk, of }: Options): Promise<Failure | undefined> => {
  const gathered = await gatherFacts(target, walk);
  if (gathered.kind === "failed") return { ...gathered.failure, sent: true };
  const { reverted } = gathered.facts;
  if (reverted.kind === "read" && reverted.value.run === of) return undefined;
  const because = reverted.kind === "unreadable" ? reverted.because : "the host does not say that the run was put back";
  return { code: "revert_failed", detail: because, sent: true };
};
