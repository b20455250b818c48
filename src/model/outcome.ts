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
  | { readonly kind: "changed"; readonly actions: NonEmpty<Action> }
  | { readonly kind: "drifted"; readonly actions: NonEmpty<Action> }
  | {
      readonly kind: "failed" | "unreachable" | "unknown";
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
