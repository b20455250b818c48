import type { Action } from "../model/action.ts";
import type { NonEmpty } from "../model/brand.ts";
import { sh } from "../remote/quote.ts";
import { assertToken } from "./assert-request.ts";
import { isRisky } from "./risky.ts";
import { orStop } from "./step.ts";

/** What a change waits for before it stays. */
export type ConfirmRequest = {
  /** 32 hex digits that the confirmation must bring. */
  readonly token: string;
  /** Seconds from the end of the script until the host puts the change back. */
  readonly seconds: number;
  /** Seconds from the beginning of the boot that a reboot of ours leads to; undefined: none is planned. */
  readonly afterReboot: number | undefined;
};

/** Before the first change; where it fails, it is said of the first action that needs it. Throws on odd seconds or token. */
export const armRevert = (actions: NonEmpty<Action>, { token, seconds, afterReboot }: ConfirmRequest): string => {
  assertToken(token);
  for (const one of [seconds, afterReboot ?? 1])
    if (!Number.isInteger(one) || one < 1) throw new Error(`no time for a confirmation: ${one} seconds`);
  const step = Math.max(0, actions.findIndex(isRisky)) + 1;
  return orStop(
    sh(["arm", String(step), String(seconds), afterReboot === undefined ? "-" : String(afterReboot), token]),
  );
};
