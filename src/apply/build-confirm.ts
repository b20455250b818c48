import type { RunId } from "../model/brand.ts";
import { quote, sh } from "../remote/quote.ts";
import { assertRun, assertToken } from "./assert-request.ts";
import confirmPart from "./confirm.sh";
import disarmPart from "./disarm.sh";
import framePart from "./frame.sh";

type ConfirmRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  readonly run: RunId;
  /** As in `buildApply`. */
  readonly root: string;
  /** What the change was sent with. */
  readonly token: string;
};

/**
 * One script that confirms the change of a run: its timer, its boot units and the run's lock go. `parseConfirm` reads it.
 * Throws on a bad nonce, run, root or token.
 */
export const buildConfirm = (request: ConfirmRequest): string => {
  assertRun(request);
  assertToken(request.token);
  const { nonce, run, root, token } = request;
  return [
    `nonce=${quote(nonce)} run=${quote(run)} root=${quote(root)}`,
    framePart,
    disarmPart,
    confirmPart,
    `{ ${sh(["confirm", token])} </dev/null; frame end ''; exit 0; }\n`,
  ].join("\n");
};
