import type { RunId } from "../model/brand.ts";
import { quote } from "../remote/quote.ts";
import { assertRun } from "./assert-request.ts";
import framePart from "./frame.sh";
import lockPart from "./lock.sh";
import unlockPart from "./unlock.sh";

type UnlockRequest = {
  /** 32 hex digits, new for each exec. */
  readonly nonce: string;
  /** Whose lock is broken; that of any other run stays. */
  readonly run: RunId;
  readonly root: string;
};

/** One script that breaks the lock of a run, which `parseUnlock` reads. Nothing else of the run is touched. */
export const buildUnlock = (request: UnlockRequest): string => {
  assertRun(request);
  const { nonce, run, root } = request;
  return [
    `nonce=${quote(nonce)} run=${quote(run)} root=${quote(root)}`,
    framePart,
    lockPart,
    unlockPart,
    "{ break_lock </dev/null; frame end ''; exit 0; }\n",
  ].join("\n");
};
