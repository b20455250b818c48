import { evaluate } from "../../expr/evaluate.ts";
import { type Found, factsContext } from "../../expr/facts-context.ts";
import { usesIn } from "../../expr/uses.ts";
import type { Facts } from "../../model/facts.ts";
import type { Seen } from "../../model/journal.ts";
import type { CompiledGate, CompiledPlay } from "../../plan/compile.ts";
import { playVars } from "../../plan/variables.ts";
import { defect } from "../defect.ts";
import { forksOf } from "../forks.ts";
import { gather } from "../gather.ts";
import { dropsOf, steppingAside, type Target, type Walk } from "../survey.ts";
import { closed, type Look, open } from "./check-gate.ts";

/** A host that this run has changed, and what was read of it right after. Undefined: nobody knows any more. */
export type ChangedHost = { readonly target: Target; readonly seen: Seen | undefined };

type Context = { readonly play: CompiledPlay; readonly changed: readonly ChangedHost[]; readonly walk: Walk };

/** Gathers every changed host again, `forks` at a time; the first that is not as it should be closes the gate for all. */
export const lookAtFacts = async (gate: CompiledGate, { play, changed, walk }: Context): Promise<Look> => {
  const forks = forksOf(walk.forks);
  let found: Look = open;
  await Promise.all(
    changed.map((host) =>
      forks.run(async (aside) => {
        if (found.kind === "closed") return;
        const look = await lookSafely(gate, { play, host, walk: steppingAside(walk, aside) });
        if (look.kind === "closed") found = closed(`${host.target.host.name}: ${look.because}`);
      }),
    ),
  );
  return found;
};

type OneHost = { readonly play: CompiledPlay; readonly host: ChangedHost; readonly walk: Walk };

/** A defect of ours is no answer. */
const lookSafely = async (gate: CompiledGate, one: OneHost): Promise<Look> => {
  try {
    return await lookAtHost(gate, one);
  } catch (error) {
    return closed(defect(error, false).detail);
  }
};

const lookAtHost = async ({ that }: CompiledGate, { play, host, walk }: OneHost): Promise<Look> => {
  if (walk.stop.aborted) return closed("a stop was asked for");
  const { target, seen } = host;
  const request = { files: [], owners: { users: [], groups: [] }, asks: [], become: target.become };
  const gathered = await gather(target.host, request, walk);
  if (gathered.kind === "failed") return closed(`it could not be read (${gathered.failure.code})`);
  const { facts } = gathered;
  const context = {
    facts: factsContext(facts),
    vars: playVars(play.play, target.host, that.flatMap(usesIn)).vars,
    host: target.host,
    play: play.play,
    since: { drops: dropsSince(seen, facts) },
  };
  for (const line of that) {
    const verdict = evaluate(line, context);
    if (verdict.kind === "false") return closed(`${line.expression.text} does not hold`);
    if (verdict.kind === "unknown") return closed(`${line.expression.text} is unknown: ${verdict.because}`);
  }
  return open;
};

/** Packets dropped since the change: known only within one boot, and while the counter goes on. */
const dropsSince = (seen: Seen | undefined, facts: Facts): Found => {
  const now = dropsOf(facts.conntrack);
  const boot = facts.kernel.bootId;
  if (seen === undefined) return missing("its counters were not kept when the run was cut off");
  if (now.kind !== "read" || seen.drops.kind !== "read") return missing("its counter of drops could not be read");
  if (boot.kind !== "read" || seen.boot.kind !== "read") return missing("its boot could not be read");
  if (boot.value !== seen.boot.value) return missing("it was booted again since its change");
  if (now.value < seen.drops.value) return missing("its counter of drops began anew since its change");
  return { kind: "value", value: now.value - seen.drops.value };
};

const missing = (because: string): Found => ({ kind: "missing", because });
