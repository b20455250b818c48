import type { CompiledPlay } from "../plan/compile.ts";
import type { Target } from "../rollout/survey.ts";
import { refuse, say } from "./console.ts";
import { targetsOf, withBecomePassword } from "./fleet.ts";
import { load } from "./load.ts";
import type { FleetOptions } from "./options.ts";

export type Prepared = { readonly plays: readonly CompiledPlay[]; readonly targets: readonly Target[] };

/** All that comes before the first connection; exit code 1 where it cannot go on, after it has said why. */
export const prepare = async (options: FleetOptions, playbook: string): Promise<Prepared | 1> => {
  const loaded = await load(options, playbook);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const asked = await withBecomePassword(options);
  if (asked === undefined) return 1;
  const targets = targetsOf(loaded.value, asked);
  if (targets.kind === "problems") return refuse(targets.problems);
  if (targets.value.length === 0) return noHost();
  return { plays: loaded.value.plays.map((one) => one.play), targets: targets.value };
};

export const noHost = (): 1 => {
  say("ctfleet: no host matched: the hosts of the plays and --limit have none in common");
  return 1;
};
