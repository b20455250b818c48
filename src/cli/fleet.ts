import { randomBytes } from "node:crypto";
import { isNonEmpty, type RunId } from "../model/brand.ts";
import type { Host, Secret } from "../model/host.ts";
import type { Play } from "../model/play.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { type Become, becomeFor } from "../remote/become.ts";
import { systemClock } from "../remote/clock.ts";
import type { OnProgress } from "../rollout/effects.ts";
import { sessions } from "../rollout/sessions.ts";
import type { Target, Walk } from "../rollout/survey.ts";
import type { Route } from "../ssh/routes.ts";
import { askSecret, canAsk } from "./ask.ts";
import { openConnector } from "./connector.ts";
import { say } from "./console.ts";
import type { PlayHosts } from "./load.ts";
import type { FleetOptions } from "./options.ts";

/** Milliseconds for one script: a sick host is slow, a hung one must not hold the run. */
const deadlines = { gather: 60_000, apply: 120_000 };

/** Idle connections that are kept between stages; file descriptors and the hosts' own limits bound it. */
const mostKept = 200;

/** `20261122T165150Z-3f9a12bc`: sorts by time, and two runs in one second differ. */
export const newRunId = (now: Date): RunId =>
  `${now.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}` as RunId;

/** What a person typed for hosts whose inventory has no password. */
export type Passwords = { readonly login: Secret | undefined; readonly become: Secret | undefined };

/** Asks for the passwords that -k and -K want, once each. Undefined: there is nobody to ask. */
export const askPasswords = async (options: FleetOptions): Promise<Passwords | undefined> => {
  const wanted = [options.askPass === true && "-k", options.askBecomePass === true && "-K"].filter(Boolean);
  if (wanted.length > 0 && !canAsk()) {
    say(`ctfleet: ${wanted.join(" and ")} needs a terminal to ask on`);
    return undefined;
  }
  const login = options.askPass === true ? await askSecret("SSH password: ") : undefined;
  const method = options.becomeMethod ?? "sudo";
  const become = options.askBecomePass === true ? await askSecret(`${method} password: `) : undefined;
  return { login, become };
};

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
    const other = others.find(({ become }) => userOf(become) !== userOf(first.become));
    if (other !== undefined) problems.push(disagreement(host, first, other));
    return [{ host, plays: own, become: first.become }];
  });
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: targets };
};

type PlayBecome = { readonly play: Play; readonly become: Become };

const disagreement = (host: Host, one: PlayBecome, other: PlayBecome): Problem => {
  const told = ({ play, become }: PlayBecome) =>
    `"${play.name}" runs ${become.kind === "no" ? "as the login user" : `as ${become.user}`}`;
  const message = `${host.name}: ${told(one)} and ${told(other)}; the plays of one host must agree on become and become_user`;
  return { at: other.play.hostsAt, path: "", message };
};

const userOf = (become: Become): string | undefined => (become.kind === "no" ? undefined : become.user);

/** The host's variable, else the play's word, else the command line; not where the login user is the wanted one already. */
export const becomeOf = (
  { host: { connection }, target }: Pick<Route, "host" | "target">,
  play: Pick<Play, "become" | "becomeUser"> | undefined,
  options: FleetOptions,
): Become =>
  becomeFor({
    become: connection.become ?? play?.become ?? options.become ?? false,
    method: connection.becomeMethod ?? options.becomeMethod ?? "sudo",
    user: connection.becomeUser ?? play?.becomeUser ?? options.becomeUser ?? "root",
    loginUser: target.user,
    password: connection.becomePassword,
    exe: connection.becomeExe,
    flags: connection.becomeFlags,
  });

/** The same with the password that was asked for, where the inventory has none. */
export const withPassword = (become: Become, asked: Secret | undefined): Become =>
  become.kind === "no" || become.password !== undefined ? become : { ...become, password: asked };

type WalkOptions = {
  readonly passwords: Passwords;
  readonly onProgress: OnProgress;
  readonly stop: AbortSignal;
};

/** Connections and effects for one run. The caller closes it. */
export const openWalk = async (
  options: FleetOptions,
  routes: readonly Route[],
  { passwords, onProgress, stop }: WalkOptions,
): Promise<Walk & { readonly close: () => Promise<void> }> => {
  const reach = await openConnector(options, routes, { password: passwords.login, stop });
  const effects = {
    connect: reach.connect,
    entry: reach.entry,
    clock: systemClock,
    nonce: () => randomBytes(16).toString("hex"),
    random: Math.random,
  };
  const keep = routes.length <= mostKept ? mostKept : 0;
  const kept = sessions({ effects, keep, onProgress, stop });
  const close = async (): Promise<void> => {
    kept.closeAll();
    await reach.closeAll();
  };
  return { effects, sessions: kept, deadlines, forks: options.forks, onProgress, stop, close };
};
