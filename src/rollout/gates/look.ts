import type { CompiledGate, CompiledPlay } from "../../plan/compile.ts";
import type { HttpResult, LocalResult } from "../effects.ts";
import type { Walk } from "../survey.ts";
import { closed, type Look, open } from "./check-gate.ts";
import { type ChangedHost, lookAtFacts } from "./facts-gate.ts";
import { judge, queryUrl } from "./prometheus.ts";

/** Milliseconds for one answer, however long the gate may stay closed. */
const timeToAnswer = 10_000;
const timeToRun = 60_000;

/** Looks at a gate once. `changed`: the hosts that carry this run's change. Never throws, never waits for long. */
export const lookAt = async (
  compiled: CompiledGate,
  {
    play,
    changed,
    walk,
  }: { readonly play: CompiledPlay; readonly changed: readonly ChangedHost[]; readonly walk: Walk },
): Promise<Look> => {
  const { gate } = compiled;
  const { effects, stop } = walk;
  switch (gate.kind) {
    case "facts":
      return lookAtFacts(compiled, { play, changed, walk });
    case "http":
      return byStatus(await effects.httpGet({ url: gate.url, within: timeToAnswer, stop }), gate.status);
    case "command":
      return byExit(await effects.runLocal({ argv: gate.argv, env: {}, within: timeToRun, stop }));
    case "prometheus":
      return judge(await effects.httpGet({ url: queryUrl(gate), within: timeToAnswer, stop }), gate.expect);
  }
};

const byStatus = (answer: HttpResult, wanted: readonly number[]): Look => {
  if (answer.kind === "failed") return closed(answer.because);
  return wanted.includes(answer.status) ? open : closed(`it answered ${answer.status}, not ${wanted.join(" or ")}`);
};

const byExit = (result: LocalResult): Look => {
  if (result.kind === "failed") return closed(result.because);
  if (result.status === 0) return open;
  const last = result.output.trim().split("\n").at(-1) ?? "";
  return closed(`it ended with ${result.status}${last === "" ? "" : `: ${last}`}`);
};
