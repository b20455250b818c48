import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { RunId } from "../model/brand.ts";
import type { Host, Secret } from "../model/host.ts";
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

/** The hosts that at least one play selects, in inventory order, each with its plays. */
export const targetsOf = ({ hosts, plays }: Loaded, options: BecomeOptions): readonly Target[] =>
  hosts.flatMap((host) => {
    const own = plays.filter((one) => one.hosts.has(host.name)).map((one) => one.play);
    return own.length === 0 ? [] : [{ host, plays: own, become: becomeOf(host, own, options) }];
  });

/** -b, else the host's own variable, else the play's word; not where the login user is the wanted one already. */
export const becomeOf = (host: Host, plays: Target["plays"], options: BecomeOptions): Become => {
  const become = options.become ?? host.connection.become ?? plays.some(({ play }) => play.become === true);
  const user = plays.find(({ play }) => play.becomeUser !== undefined)?.play.becomeUser ?? host.connection.becomeUser;
  const loginUser = host.connection.user ?? options.user ?? userInfo().username;
  return becomeFor({ become, user, loginUser, password: options.becomePassword });
};

/** Connections and effects for one run. The caller closes the sessions. */
export const openWalk = async (
  options: FleetOptions,
  hosts: readonly Host[],
  { onProgress, stop }: { readonly onProgress: OnProgress; readonly stop: AbortSignal },
): Promise<Walk> => {
  const effects = {
    connect: await connector(options, hosts),
    clock: systemClock,
    nonce: () => randomBytes(16).toString("hex"),
    random: Math.random,
  };
  const keep = hosts.length <= mostKept ? mostKept : 0;
  return { effects, sessions: sessions(effects, keep), deadlines, forks: options.forks, onProgress, stop };
};
