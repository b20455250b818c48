import type { Action } from "./action.ts";
import type { HostName, NonEmpty } from "./brand.ts";
import type { Failure } from "./failure.ts";
import type { Finding } from "./finding.ts";

export const outcomes = [
  "compliant",
  "changed",
  "drifted",
  "failed",
  "unreachable",
  "reverted",
  "unknown",
  "not_attempted",
  "skipped",
] as const;
export type OutcomeKind = (typeof outcomes)[number];

/** How a host ended. */
export type Outcome =
  | { readonly kind: "compliant" }
  | {
      readonly kind: "changed";
      readonly actions: NonEmpty<Action>;
      /** A trial: after so many seconds the host puts the old values back by itself. */
      readonly trial?: number;
      /** A rollback: these were put back. */
      readonly undone?: true;
    }
  | {
      readonly kind: "drifted";
      /** What is pending. */
      readonly actions: readonly Action[];
      /** What only a reload or a reboot brings, which the play does not allow. Never empty where `actions` is. */
      readonly needs: readonly string[];
      /** What this run did change there. */
      readonly done?: NonEmpty<Action>;
    }
  | {
      /** `reverted`: the host has its old state again; the failure says why, and what could not be put back. */
      readonly kind: "failed" | "unreachable" | "reverted" | "unknown";
      readonly failure: Failure;
      readonly actions: readonly Action[];
    }
  | { readonly kind: "not_attempted"; readonly because: string; readonly actions: readonly Action[] }
  | { readonly kind: "skipped"; readonly because: string };

export type HostReport = {
  readonly name: HostName;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
};
