import type { CompiledPlay } from "../plan/compile.ts";
import type { Target } from "../rollout/survey.ts";
import type { Route } from "../ssh/routes.ts";
import { planRoutes } from "./connector.ts";
import { refuse, say } from "./console.ts";
import { askPasswords, type Passwords, targetsOf, withPassword } from "./fleet.ts";
import { load } from "./load.ts";
import type { FleetOptions } from "./options.ts";

export type Prepared = {
  readonly plays: readonly CompiledPlay[];
  readonly targets: readonly Target[];
  readonly routes: readonly Route[];
  readonly passwords: Passwords;
};

/** All that comes before the first connection; exit code 1 where it cannot go on, after it has said why. */
export const prepare = async (options: FleetOptions, playbook: string): Promise<Prepared | 1> => {
  const loaded = await load(options, playbook);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const { hosts, plays } = loaded.value;
  if (hosts.length === 0) return noHost();
  const routes = await planRoutes(options, hosts);
  if (routes.kind === "problems") return refuse(routes.problems);
  const targets = targetsOf(plays, routes.value, options);
  if (targets.kind === "problems") return refuse(targets.problems);
  const passwords = await askPasswords(options);
  if (passwords === undefined) return 1;
  return {
    plays: plays.map((one) => one.play),
    targets: targets.value.map((one) => ({ ...one, become: withPassword(one.become, passwords.become) })),
    routes: routes.value,
    passwords,
  };
};

export const noHost = (): 1 => {
  say("ctfleet: no host matched: the hosts of the plays and --limit have none in common");
  return 1;
};
