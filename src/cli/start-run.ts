import { randomBytes } from "node:crypto";
import type { RunId } from "../model/brand.ts";
import type { Secret } from "../model/host.ts";
import type { HostReport } from "../model/outcome.ts";
import { systemClock } from "../remote/clock.ts";
import { printable } from "../report/escape.ts";
import { exitCode } from "../report/exit.ts";
import { stoppedNow } from "../report/how-to-go-on.ts";
import type { Effects } from "../rollout/effects.ts";
import { httpGet } from "../rollout/http-get.ts";
import { runLocal } from "../rollout/local-command.ts";
import { sessions } from "../rollout/sessions.ts";
import type { Walk } from "../rollout/survey.ts";
import { openReach, type Reach } from "../ssh/reach.ts";
import type { Route } from "../ssh/routes.ts";
import { account } from "./account.ts";
import { askSecret, askText, canAsk } from "./ask.ts";
import { say } from "./console.ts";
import type { FleetOptions } from "./options.ts";
import type { Passwords } from "./passwords.ts";
import { type ProgressLine, progressLine } from "./progress.ts";
import { listenForStop, type Stop } from "./signals.ts";

/** Milliseconds for one script: a sick host is slow, a hung one must not hold the run. */
const deadlines = { gather: 60_000, apply: 120_000 };

/** Idle connections that are kept between stages; file descriptors and the hosts' own limits bound it. */
const mostKept = 200;

/** The way to the hosts of a run. */
type Way = { readonly routes: readonly Route[]; readonly passwords: Passwords };

/** One invocation that contacts hosts. */
export type Run = {
  readonly id: RunId;
  readonly stop: Stop;
  /** From here on hosts may be changed: a run that is cut off can be gone on with. */
  readonly begin: () => void;
  readonly progress: ProgressLine;
  /** Opens the way to the hosts, walks over them, and closes it however the walk ends. */
  readonly walk: <T>(way: Way, work: (walk: Walk) => Promise<T>) => Promise<T>;
  /** The exit code: of a stop, else of the hosts. `findingsCount`: do findings make it 2? */
  readonly exit: (hosts: readonly HostReport[], findingsCount: boolean) => number;
};

/** `quiet`: tell no progress. `id`: of a run that goes on. */
type Starting = { readonly quiet: boolean; readonly id?: RunId | undefined };

/** From here on a stop is listened for, and progress is told unless `quiet`. */
export const startRun = (options: FleetOptions, { quiet, id = runId(new Date()) }: Starting): Run => {
  const { failOn, maxUnreachable, verbose, forks } = options;
  let underWay = false;
  const stop = listenForStop({ say, goOn: () => (underWay ? stoppedNow(id) : undefined) });
  const progress = progressLine({ quiet, verbose: verbose > 0 });
  return {
    id,
    stop,
    begin: () => {
      underWay = true;
    },
    progress,
    walk: async ({ routes, passwords }, work) => {
      const reach = await reachOf(routes, options, { password: passwords.login, stop: stop.signal });
      const effects = effectsOf(reach);
      const common = { effects, onProgress: progress.on, stop: stop.signal };
      const kept = sessions({ ...common, keep: routes.length <= mostKept ? mostKept : 0 });
      try {
        return await work({ ...common, sessions: kept, deadlines, forks });
      } finally {
        progress.end();
        kept.closeAll();
        await reach.closeAll();
      }
    },
    exit: (hosts, findingsCount) => stop.exit() ?? exitCode(hosts, { findingsCount, failOn, maxUnreachable }),
  };
};

/** `20261122T165150Z-3f9a12bc`: sorts by time, and two runs in one second differ. */
const runId = (now: Date): RunId =>
  `${now.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}` as RunId;

const effectsOf = ({ connect, entry }: Reach): Effects => ({
  connect,
  entry,
  clock: systemClock,
  nonce: () => randomBytes(16).toString("hex"),
  random: Math.random,
  wallClock: Date.now,
  runLocal,
  httpGet,
});

type Asking = { readonly password: Secret | undefined; readonly stop: AbortSignal };

/** Reads the keys and known hosts of these routes; a person is asked for passphrases, and later about unknown host keys. */
const reachOf = (routes: readonly Route[], options: FleetOptions, { password, stop }: Asking): Promise<Reach> => {
  const { shell, ...own } = account();
  return openReach(routes, {
    account: own,
    shell,
    clock: systemClock,
    knownHosts: options.knownHosts,
    acceptNewHostKeys: options.acceptNewHostKeys === true,
    connectTimeout: options.connectTimeout,
    password,
    ask: canAsk()
      ? {
          hostKey: (question) => askText(question, stop),
          passphrase: (file) => askSecret(`Passphrase for ${file}: `, stop),
        }
      : undefined,
    say,
    explain: (line) => {
      if (options.verbose > 0) say(printable(line));
    },
  });
};
