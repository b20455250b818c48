import pLimit from "p-limit";
import type { HostName, RunId } from "../model/brand.ts";
import type { HostReport, Outcome } from "../model/outcome.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { batches, budgetHolds } from "./batches.ts";
import { defect } from "./defect.ts";
import { type HostState, leaveOut, reportState, startState } from "./host-state.ts";
import { playHost } from "./play-host.ts";
import { type Survey, stoppedBefore, type Target, type Walk } from "./survey.ts";

export type ApplyOptions = { readonly run: RunId; readonly walk: Walk };

/**
 * Walks the plays in order, each in batches. A batch that goes over its budget stops everything after it; within it,
 * hosts that have not been started are left alone. A host that reboots keeps its fork until it is proven: no more of them
 * are down at once than the batch and the forks allow. Every target is in the result once.
 */
export const applyFleet = async (
  plays: readonly CompiledPlay[],
  targets: readonly Target[],
  surveys: ReadonlyMap<HostName, Survey>,
  options: ApplyOptions,
): Promise<readonly HostReport[]> => {
  const states = new Map(
    targets.map((target) => [target.host.name, startState(target, surveys.get(target.host.name))] as const),
  );
  let stopped: string | undefined;
  for (const play of plays) {
    const hosts = targets.filter((target) => target.plays.includes(play)).map((target) => target.host.name);
    const cut = batches(hosts, play.play.serial);
    for (const [index, batch] of cut.entries()) {
      if (stopped === undefined) {
        const { onProgress } = options.walk;
        onProgress({ kind: "batch", play: play.play.name, number: index + 1, of: cut.length, hosts: batch.length });
        stopped = await applyBatch(play, batch, states, options);
        if (stopped !== undefined) onProgress({ kind: "stopped", because: stopped });
      } else for (const name of batch) states.set(name, leaveOut(play, stateOf(states, name), stopped));
    }
  }
  return [...states.values()].map(reportState);
};

const stateOf = (states: ReadonlyMap<HostName, HostState>, name: HostName): HostState => {
  const state = states.get(name);
  if (state === undefined) throw new Error(`${name} is in a batch and not among the targets`);
  return state;
};

/** Runs one batch; the reason to stop, where there is one. */
const applyBatch = async (
  play: CompiledPlay,
  batch: readonly HostName[],
  states: Map<HostName, HostState>,
  options: ApplyOptions,
): Promise<string | undefined> => {
  const { walk } = options;
  const limit = pLimit(walk.forks);
  const overBudget = (failed: number) =>
    budgetHolds({ hosts: batch.length, failed }, play.play.maxFailPercentage)
      ? undefined
      : `${failed} of ${batch.length} hosts in the batch failed; max_fail_percentage is ${play.play.maxFailPercentage}`;
  // Hosts that could not be gathered count once, in the first play that names them.
  const unseen = batch.filter((name) => {
    const { survey, target } = stateOf(states, name);
    return survey.kind === "failed" && target.plays[0] === play;
  });
  let failed = 0;
  await Promise.all(
    batch.map((name) =>
      limit(async () => {
        const before = stateOf(states, name);
        const stop = walk.stop.aborted ? stoppedBefore : overBudget(failed);
        const after = stop === undefined ? await playSafely(play, before, options) : leaveOut(play, before, stop);
        states.set(name, after);
        if (before.ended === undefined && isFailure(after.ended)) failed += 1;
        if (after !== before && stop === undefined) walk.onProgress({ kind: "applied", report: reportState(after) });
      }),
    ),
  );
  return walk.stop.aborted ? "a stop was asked for" : overBudget(unseen.length + failed);
};

/** A defect on one host must not take the others' results with it. */
const playSafely = async (play: CompiledPlay, state: HostState, options: ApplyOptions): Promise<HostState> => {
  try {
    return await playHost(play, state, options);
  } catch (error) {
    return { ...state, ended: { kind: "unknown", failure: defect(error, true), actions: state.changed } };
  }
};

const isFailure = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && ["failed", "unreachable", "reverted", "unknown"].includes(outcome.kind);
