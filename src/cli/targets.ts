import type { Host, Secret } from "../model/host.ts";
import type { Play } from "../model/play.ts";
import { type Checked, checked, type Problem } from "../model/problem.ts";
import { type Become, becomeFor } from "../remote/become.ts";
import type { Target } from "../rollout/survey.ts";
import type { Route } from "../ssh/routes.ts";
import type { PlayHosts } from "./load.ts";
import type { FleetOptions } from "./options.ts";

/**
 * The hosts of these routes, each with its plays. A host is read once for all of them: plays that would do that as
 * different users are a problem.
 */
export const targetsOf = (
  plays: readonly PlayHosts[],
  routes: readonly Route[],
  options: FleetOptions,
): Checked<readonly Target[]> => {
  const problems: Problem[] = [];
  const targets = routes.flatMap((route): readonly Target[] => {
    const { host } = route;
    const own = plays.filter((one) => one.hosts.has(host.name)).map((one) => one.play);
    const [first, ...others] = own.map(({ play }) => ({ play, become: becomeOf(route, play, options) }));
    if (first === undefined) return [];
    const other = others.find(({ become }) => wayOf(become) !== wayOf(first.become));
    if (other !== undefined) problems.push(disagreement(host, first, other));
    return [{ host, plays: own, become: first.become }];
  });
  return checked(targets, problems);
};

type PlayBecome = { readonly play: Play; readonly become: Become };

const disagreement = (host: Host, one: PlayBecome, other: PlayBecome): Problem => {
  const told = ({ play, become }: PlayBecome) =>
    `"${play.name}" runs ${become.kind === "no" ? "as the login user" : `as ${become.user} by ${become.kind}`}`;
  const message = `${host.name}: ${told(one)} and ${told(other)}; the plays of one host must agree on become, become_user and become_method`;
  return { at: other.play.hostsAt, path: "", message };
};

const wayOf = (become: Become): string => (become.kind === "no" ? "" : `${become.kind} ${become.user}`);

/** The host's variable, else the play's word, else the command line; not where the login user is the wanted one already. */
export const becomeOf = (
  { host: { connection }, target }: Pick<Route, "host" | "target">,
  play: Pick<Play, "become" | "becomeUser" | "becomeMethod"> | undefined,
  options: FleetOptions,
): Become =>
  becomeFor({
    become: connection.become ?? play?.become ?? options.become ?? false,
    method: connection.becomeMethod ?? play?.becomeMethod ?? options.becomeMethod ?? "sudo",
    user: connection.becomeUser ?? play?.becomeUser ?? options.becomeUser ?? "root",
    loginUser: target.user,
    password: connection.becomePassword,
    exe: connection.becomeExe,
    flags: connection.becomeFlags,
  });

/** The same with the password that was asked for, where the inventory has none. */
export const withPassword = (become: Become, asked: Secret | undefined): Become =>
  become.kind === "no" || become.password !== undefined ? become : { ...become, password: asked };
