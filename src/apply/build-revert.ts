import type { RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import { assertRun } from "./assert-request.ts";
import framePart from "./frame.sh";
import lockPart from "./lock.sh";
import { assertOwner } from "./lock-calls.ts";
import revertRunPart from "./revert-run.sh";
import statesPart from "./states.sh";

type RevertRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  /** The run whose changes are put back. */
  readonly run: RunId;
  readonly root: string;
  readonly owner: string;
  /**
   * `pending`: the change that waits for its confirmation, whatever was changed meanwhile is left and told. `all`: every part
   * of the run, the last first, and only if nothing that it changed was changed since: else nothing is touched.
   */
  readonly what: "pending" | "all";
};

/**
 * One script that puts back what a run has changed, from what it left on the host. `parseRevert` reads it. Throws on a bad
 * nonce, run or root.
 */
export const buildRevert = (request: RevertRequest): string => {
  assertRun(request);
  assertOwner(request.owner);
  const { nonce, run, root, owner, what } = request;
  return [
    `nonce=${quote(nonce)} run=${quote(run)} root=${quote(root)}`,
    framePart,
    statesPart,
    lockPart,
    revertRunPart,
    `{ ${sh(["revert_run", what, owner])} </dev/null; frame end ''; exit 0; }\n`,
  ].join("\n");
};
