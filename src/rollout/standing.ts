import type { Failure } from "../model/failure.ts";
import type { Outcome } from "../model/outcome.ts";
import type { HostPlan } from "../model/plan.ts";
import { end, endIf, type HostState } from "./host-state.ts";

/**
 * A host after something was sent to it, and what is to become of the change. `leave`: nothing more is sent for it: nothing
 * waits there, or the host is to put itself right alone.
 */
export type Standing = { readonly state: HostState; readonly next: "confirm" | "revert" | "leave" };

export const leave = (state: HostState): Standing => ({ state, next: "leave" });

/** By a plan that was made from a new reading. `missing`: why it is not the goal. What a check does not like stays, unless the play says otherwise. */
export const judged = (state: HostState, plan: HostPlan, missing: Failure | undefined): Standing => {
  const goesBack = missing?.code === "verify_false" && plan.kind === "planned" && plan.unheldReverts;
  return { state: endIf(state, missing), next: goesBack ? "revert" : "confirm" };
};

/** A host that has its old state again, or should: `left` is what it could not put back, in its words. */
export const putBack = (state: HostState, because: Failure, left: readonly string[]): HostState =>
  end(state, putBackOutcome(state, because, left));

const putBackOutcome = ({ changed: actions }: HostState, because: Failure, left: readonly string[]): Outcome => {
  if (left.length === 0) return { kind: "reverted", failure: because, actions };
  const detail = `${left.join(", ")}; it was put back because of ${wordsOf(because)}`;
  return { kind: "failed", failure: { code: "revert_failed", detail, sent: true }, actions };
};

export const notConfirmed = (detail: string): Failure => ({ code: "not_confirmed", detail, sent: true });

/** A code and its detail, for a detail of something else. */
export const wordsOf = ({ code, detail }: Failure): string => (detail === "" ? code : `${code}: ${detail}`);

export const byItself = "the host puts the change back by itself";
