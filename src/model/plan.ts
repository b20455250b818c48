import type { Action } from "./action.ts";
import type { NonEmpty } from "./brand.ts";
import type { Failure } from "./failure.ts";
import type { Finding } from "./finding.ts";

/** What a play means for one host: pure, from its facts. An empty list of actions means compliant. */
export type HostPlan =
  | {
      readonly kind: "planned";
      readonly actions: readonly Action[];
      /** What it takes to reach the goal beyond the actions, and the play does not allow: `a reboot: ...`. */
      readonly needs: readonly string[];
      readonly findings: readonly Finding[];
      /**
       * What could not be compared or decided, because it could not be read: an audit says so, an apply does not call it
       * done.
       */
      readonly unproven: readonly string[];
      /** The actions are root's to do, and the script would not run as root. */
      readonly needsRoot: boolean;
      /** Checks of the play that are not true here. */
      readonly unheld: readonly string[];
      /** Those of them after which an applied change is put back. */
      readonly unheldReverts: boolean;
    }
  /** The play would do harm or cannot be worked out here (guard, odd target, a template that fails). Nothing is sent. */
  | { readonly kind: "refused"; readonly failures: NonEmpty<Failure>; readonly findings: readonly Finding[] }
  /** The play has nothing that this host could be given: a guest that may not write, a kernel without conntrack. */
  | { readonly kind: "skipped"; readonly because: string; readonly findings: readonly Finding[] };
