import type { Action } from "../model/action.ts";
import type { Failure } from "../model/failure.ts";
import type { HostStage } from "../model/journal.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { PlayOptions } from "./apply-options.ts";
import { end, endIf, type HostState, notAttempted } from "./host-state.ts";
import { withIntent } from "./intent.ts";
import { runHook } from "./run-hook.ts";
import { wordsOf } from "./standing.ts";

/** `began`: may any of them have run? Then what undoes it is due, whatever becomes of the host. */
export type Before = { readonly state: HostState; readonly began: boolean };

/** Runs what comes before a host's change, one after the other; the first that fails leaves the host as it is. */
export const runBefore = async (
  play: CompiledPlay,
  state: HostState,
  actions: readonly Action[],
  options: PlayOptions,
): Promise<Before> => {
  if (play.hooks.before.length === 0) return { state, began: true };
  const told = await runStage("before", play, state, options);
  if (told.kind === "unwritten") return { state: endIf(state, told.failure, actions), began: false };
  const [failure] = told.result;
  if (failure === undefined) return { state, began: true };
  const left = end({ ...state, beforeFailed: true }, notAttempted(state, actions, wordsOf(failure)));
  return { state: left, began: true };
};

/** Runs what comes after a host's change, whatever became of it: each of them, also where one before it failed. */
export const runAfter = async (play: CompiledPlay, state: HostState, options: PlayOptions): Promise<HostState> => {
  if (play.hooks.after.length === 0) return state;
  const told = await runStage("after", play, state, options);
  if (told.kind === "unwritten") return noted(state, told.failure);
  return told.result.reduce(noted, state);
};

const runStage = (
  stage: Extract<HostStage, "before" | "after">,
  play: CompiledPlay,
  state: HostState,
  options: PlayOptions,
) => {
  const { playNumber, journal } = options;
  const intent = { host: state.target.host.name, play: playNumber, stage, actions: [], token: undefined } as const;
  return withIntent(journal, intent, async () => {
    const failures: Failure[] = [];
    for (const hook of play.hooks[stage]) {
      const failure = await runHook(hook, stage, { play, state, options });
      if (failure !== undefined) failures.push(failure);
      if (failure !== undefined && stage === "before") break;
    }
    return { result: failures, failure: failures[0] };
  });
};

/** A host that did well has failed then, and its change stays; any other has one reason more. */
const noted = (state: HostState, failure: Failure): HostState => {
  const { ended } = state;
  const words = `; then ${wordsOf(failure)}`;
  if (ended !== undefined && "failure" in ended) {
    // No run goes on with a host that has failed otherwise.
    const detail = `${ended.failure.detail}${words}${ended.kind === "unknown" ? "" : " (run it by hand)"}`;
    return end(state, { ...ended, failure: { ...ended.failure, detail } });
  }
  if (ended?.kind === "not_attempted") return end(state, { ...ended, because: `${ended.because}${words}` });
  return end(state, { kind: "failed", failure, actions: state.changed });
};
