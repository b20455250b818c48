import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { isNonEmpty, type RunId } from "../model/brand.ts";
import type { Host, Secret } from "../model/host.ts";
import type { Play } from "../model/play.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { type Become, becomeFor } from "../remote/become.ts";
import { systemClock } from "../remote/clock.ts";
import type { OnProgress } from "../rollout/effects.ts";
import { sessions } from "../rollout/sessions.ts";
import type { Target, Walk } from "../rollout/survey.ts";
import { askSecret, canAsk } from "./ask.ts";
import { connector } from "./connector.ts";
import { say } from "./console.ts";
import type { Loaded } from "./load.ts";
import type { FleetOptions } from "./options.ts";

/** Milliseconds for one script: a sick host is slow, a hung one must not hold the run. */
const deadlines = { gather: 60_000, apply: 120_000 };

/** Idle connections that are kept between stages; file descriptors and the hosts' own limits bound it. */
const mostKept = 200;

/** `20261122T165150Z-3f9a12bc`: sorts by time, and two runs in one second differ. */
export const newRunId = (now: Date): RunId =>
  `${now.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}` as RunId;

/** Options with the password for sudo, where one was asked for. */
export type BecomeOptions = FleetOptions & { readonly becomePassword: Secret | undefined };

/** Asks for the sudo password, once, where -K was given. Undefined: there is nobody to ask. */
export const withBecomePassword = async (options: FleetOptions): Promise<BecomeOptions | undefined> => {
  if (options.askBecomePass !== true) return { ...options, becomePassword: undefined };
  if (canAsk()) return { ...options, becomePassword: await askSecret("sudo password: ") };
  say("ctfleet: -K needs a terminal to ask on");
  return undefined;
};

/**
 * The hosts that at least one play selects, in inventory order, each with its plays. A host is read once for all of
 * them: plays that would do that as different users are a problem.
 */
export const targetsOf = ({ hosts, plays }: Loaded, options: BecomeOptions): Checked<readonly Target[]> => {
  const problems: Problem[] = [];
  const targets = hosts.flatMap((host): readonly Target[] => {
    const own = plays.filter((one) => one.hosts.has(host.name)).map((one) => one.play);
    const [first, ...others] = own.map(({ play }) => ({ play, become: becomeOf(host, play, options) }));
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
  { connection }: Host,
  play: Pick<Play, "become" | "becomeUser"> | undefined,
  options: BecomeOptions,
): Become =>
  becomeFor({
    become: connection.become ?? play?.become ?? options.become ?? false,
    user: connection.becomeUser ?? play?.becomeUser ?? "root",
    loginUser: connection.user ?? options.user ?? userInfo().username,
    password: options.becomePassword,
  });

/** Connections and effects for one run. The caller closes the sessions. */
export const openWalk = async (
  options: FleetOptions,
  hosts: readonly Host[],
  { onProgress, stop }: { readonly onProgress: OnProgress; readonly stop: AbortSignal },
): Promise<Walk> => {
  const effects = {
    connect: await connector(options, hosts, stop),
    clock: systemClock,
    nonce: () => randomBytes(16).toString("hex"),
    random: Math.random,
  };
  const keep = hosts.length <= mostKept ? mostKept : 0;
  return { effects, sessions: sessions(effects, keep), deadlines, forks: options.forks, onProgress, stop };
};
