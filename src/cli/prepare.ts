import { foldNames } from "../inventory/fold.ts";
import type { HostName } from "../model/brand.ts";
import type { Host } from "../model/host.ts";
import type { Play } from "../model/play.ts";
import { type Problem, problemOf } from "../model/problem.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import { printable } from "../report/escape.ts";
import { describeRoute } from "../report/route.ts";
import type { Target } from "../rollout/survey.ts";
import type { Visited } from "../rollout/visit.ts";
import type { Route } from "../ssh/routes.ts";
import { refuse, say } from "./console.ts";
import { load } from "./load.ts";
import { loadHosts } from "./load-inventory.ts";
import type { FleetOptions } from "./options.ts";
import { askPasswords, type Passwords } from "./passwords.ts";
import { planRoutes } from "./plan-routes.ts";
import { becomeOf, targetsOf, withPassword } from "./targets.ts";

type Prepared = { readonly routes: readonly Route[]; readonly passwords: Passwords };

export type PreparedPlays = Prepared & {
  readonly plays: readonly CompiledPlay[];
  readonly targets: readonly Target[];
  readonly digest: string;
};

/** `of`: what has to do with these hosts, a run or a saved plan. */
export type Only = { readonly names: ReadonlySet<string>; readonly of: "the run" | "the plan" };

/**
 * All that comes before the first connection: files are read, every mistake in them is told, passwords are asked for. Exit
 * code 1 where it cannot go on, after it has said why. `only`: no other host, and what names them.
 */
export const preparePlays = async (
  options: FleetOptions,
  playbook: string,
  only?: Only,
): Promise<PreparedPlays | 1> => {
  const loaded = await load(options, playbook);
  if (loaded.kind === "problems") return refuse(loaded.problems);
  const { plays } = loaded.value;
  const hosts = loaded.value.hosts.filter(({ name }) => only?.names.has(name) !== false);
  const gone = [...(only?.names ?? [])].filter((name) => !hosts.some((host) => host.name === name));
  if (only !== undefined && gone.length > 0 && options.limit === undefined) return refuse([missing(gone, only)]);
  const routes = await routesTo(hosts, options);
  if (routes === 1) return 1;
  const targets = targetsOf(plays, routes, options);
  if (targets.kind === "problems") return refuse(targets.problems);
  const passwords = await askPasswords(options);
  if (passwords === undefined) return 1;
  return {
    plays: plays.map((one) => one.play),
    digest: loaded.value.digest,
    targets: targets.value.map((one) => ({ ...one, become: withPassword(one.become, passwords.become) })),
    routes,
    passwords,
  };
};

/** Nobody is left out in silence. */
const missing = (names: readonly string[], { of }: Only): Problem => {
  const message = `not in the inventory and the playbook any more: ${foldNames(names)}; leave them out with --limit, or give their inventory with -i`;
  return problemOf(of, message);
};

/** Each play with the number of its hosts. */
export const hostCounts = ({ plays, targets }: Pick<PreparedPlays, "plays" | "targets">) =>
  plays.map((one) => ({ play: one.play, hosts: targets.filter(({ plays: own }) => own.includes(one)).length }));

export type PreparedHosts = Prepared & { readonly visited: readonly Visited[] };

type Chosen = {
  /** No other host, by name. */
  readonly names?: ReadonlySet<string>;
  /** As whom, where neither the inventory nor the command line says. */
  readonly becomeOn?: (host: HostName) => Pick<Play, "become" | "becomeUser" | "becomeMethod">;
};

/** The same for commands without a playbook. */
export const prepareHosts = async (
  options: FleetOptions,
  { names, becomeOn }: Chosen = {},
): Promise<PreparedHosts | 1> => {
  const hosts = await loadHosts(options);
  if (hosts.kind === "problems") return refuse(hosts.problems);
  const chosen = hosts.value.filter(({ name }) => names?.has(name) !== false);
  const routes = await routesTo(chosen, options);
  if (routes === 1) return 1;
  const passwords = await askPasswords(options);
  if (passwords === undefined) return 1;
  const visited = routes.map((route) => ({
    host: route.host,
    become: withPassword(becomeOf(route, becomeOn?.(route.host.name), options), passwords.become),
  }));
  return { visited, routes, passwords };
};

const routesTo = async (hosts: readonly Host[], options: FleetOptions): Promise<readonly Route[] | 1> => {
  if (hosts.length === 0) {
    say("ctfleet: no host matched: inventory, --limit and the hosts of the plays have none in common");
    return 1;
  }
  const routes = await planRoutes(options, hosts);
  if (routes.kind === "problems") return refuse(routes.problems);
  if (options.verbose > 1) for (const route of routes.value) say(printable(describeRoute(route)));
  return routes.value;
};
