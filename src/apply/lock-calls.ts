import type { Action } from "../model/action.ts";
import { sh } from "../remote/quote.ts";
import { orStop } from "./step.ts";

type Lock = {
  readonly actions: readonly Action[];
  readonly owner: string;
  readonly confirm?: { readonly seconds: number } | undefined;
  readonly holds?: number | undefined;
};

// Seconds. A script that is older than this and what its programs may take hangs, and does nothing any more.
const usual = 300;
const perModule = 20;
const perRestart = 120;
const margin = 60;

/** Nothing is looked at before the host is ours. It is not given back while a confirmation or a reboot is to follow. */
export const takeLock = (lock: Lock): string => {
  assertOwner(lock.owner);
  return orStop(sh(["take_lock", String(lockSeconds(lock)), lock.owner]));
};

/** The last call of a script that came to its end. */
export const keepLock = ({ holds }: Pick<Lock, "holds">): readonly string[] =>
  holds === undefined ? [] : ["lock_holds=yes"];

/** Seconds after which nobody who took this lock can be at work any more. */
export const lockSeconds = ({ actions, confirm, holds }: Omit<Lock, "owner">): number =>
  actions.reduce(
    (sum, action) => sum + secondsFor(action),
    usual + (confirm === undefined ? 0 : confirm.seconds + margin) + (holds === undefined ? 0 : holds + margin),
  );

const secondsFor = (action: Action): number => {
  switch (action.kind) {
    case "run":
      return Math.ceil(action.within / 1000);
    case "load_module":
      return perModule;
    case "unload_modules":
      return perModule * action.modules.length;
    case "reload_modules":
      return perModule * (action.unload.length + action.load.length);
    case "restart_firewall":
      return perRestart;
    default:
      return 0;
  }
};

/** Throws on an owner that cannot stand on one line of a file. */
export const assertOwner = (owner: string): void => {
  if (!/^[^\p{Cc}]{1,200}$/u.test(owner)) throw new Error(`not an owner: ${JSON.stringify(owner)}`);
};
