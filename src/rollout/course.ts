import type { HostName } from "../model/brand.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { ApplyOptions } from "./apply-options.ts";
import type { Fleet } from "./fleet.ts";
import type { WatchedJournal } from "./watch-journal.ts";

/** One batch of one play. */
export type Batch = {
  readonly play: CompiledPlay;
  /** The play's place in the playbook, from 0. */
  readonly playNumber: number;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly hosts: readonly HostName[];
};

/** A run on its way: what one batch leaves for the next. */
export type Course = {
  readonly fleet: Fleet;
  readonly options: Omit<ApplyOptions, "journal"> & { readonly journal: WatchedJournal };
  /** Failures in batches that are over. */
  failed: number;
  /** Has a batch been walked, by this run or by the one that it goes on from? */
  walked: boolean;
  /** Is somebody asked before the next batch? */
  asking: boolean;
};

/** Why nothing more is sent to anyone, whatever the budget says; undefined: something may be. */
export const whyOver = ({ options: { walk, journal } }: Course): string | undefined => {
  const broken = journal.broken();
  if (broken !== undefined) return `the journal cannot be written (${broken.detail}): nothing more is sent`;
  return walk.stop.aborted ? "a stop was asked for" : undefined;
};
