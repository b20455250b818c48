import type { ConfirmRequest } from "../apply/arm-calls.ts";
import { isRisky } from "../apply/risky.ts";
import type { Action } from "../model/action.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { isReboot, type RebootAction, toAnswer } from "./reboot-host.ts";

/** What one play sends to a host. */
export type Change = {
  /** All but the reboot, in one script. Empty: the reboot is all there is. */
  readonly actions: readonly Action[];
  readonly reboot: RebootAction | undefined;
  /** The host puts it back unless it is confirmed. Undefined: nothing waits. */
  readonly confirm: ConfirmRequest | undefined;
  /** Seconds for which the host stays locked, where nothing waits and a reboot follows. */
  readonly holds: number | undefined;
};

/** `token`: what confirms it. A change of files alone needs no confirmation, and a trial goes back by itself. */
export const changeOf = (play: CompiledPlay, planned: readonly Action[], token: string): Change => {
  const reboot = planned.find(isReboot);
  const actions = planned.filter((action) => !isReboot(action));
  const waits = play.trial === undefined && (planned.some(isRisky) || mayBePutBack(play));
  // What puts a change back comes with its script: a reboot alone has none, and nothing to put back.
  const arms = waits && actions.length > 0 && play.confirmWithin !== undefined;
  const confirm = arms ? armed(play.confirmWithin, reboot, token) : undefined;
  const holds = reboot !== undefined && confirm === undefined ? seconds(timeOf(reboot)) : undefined;
  return { actions, reboot, confirm, holds };
};

/** A change that a check may take back has to be one that can be taken back. */
const mayBePutBack = ({ tasks }: CompiledPlay): boolean =>
  tasks.some(({ task }) => task.kind === "verify" && task.otherwise === "revert");

const armed = (within: number, reboot: RebootAction | undefined, token: string): ConfirmRequest => ({
  token,
  seconds: seconds(within),
  afterReboot: reboot === undefined ? undefined : seconds(timeOf(reboot) + within),
});

/** Milliseconds from the reboot until it is proven, at the latest. */
const timeOf = ({ within, stable }: RebootAction): number => within + stable + toAnswer;

const seconds = (ms: number): number => Math.ceil(ms / 1000);
