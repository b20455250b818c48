import type { RunId } from "./brand.ts";

/** Who works on a host. `remaining` is seconds, by its boot's clock; 0: it was left behind. */
export type HostLock = { readonly run: RunId; readonly owner: string; readonly remaining: number };

/** A change that waits; `part` is its place among those of its run, from 1. */
export type Pending = { readonly run: RunId; readonly part: number; readonly remaining: number };

/** `timeout`: nobody confirmed it in time; `boot`: it went down unconfirmed; `asked`: by a rollback or by the run itself. */
export type Reverted = {
  readonly run: RunId;
  readonly part: number;
  readonly because: "timeout" | "boot" | "asked";
  /** What was not put back, in the host's words. */
  readonly left: readonly string[];
};
