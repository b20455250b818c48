import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { parseSshArgs } from "../inventory/ssh-args.ts";
import { isNonEmpty } from "../model/brand.ts";
import type { Host, Secret } from "../model/host.ts";
import type { Checked, Problem } from "../model/problem.ts";
import { systemClock } from "../remote/clock.ts";
import { printable } from "../report/escape.ts";
import { findTwins } from "../ssh/check-routes.ts";
import type { SshConfig } from "../ssh/config/config.ts";
import { readSshConfig } from "../ssh/config/read.ts";
import { openReach, type Reach } from "../ssh/reach.ts";
import { type Account, type CommonRoute, planRoute, type Route } from "../ssh/routes.ts";
import { askSecret, askText, canAsk } from "./ask.ts";
import { say } from "./console.ts";
import type { FleetOptions } from "./options.ts";

/** The account's home folder, as OpenSSH has it: not $HOME, which cron and sudo set to other places. */
const account = (): Account & { readonly shell: string } => {
  const { username, uid, homedir: home, shell } = userInfo();
  return {
    localUser: username,
    localUid: uid,
    home: home || homedir(),
    localHostname: hostname(),
    env: process.env,
    shell: process.env.SHELL || shell || "/bin/sh",
  };
};

/** The way to every host, from inventory, command line and ssh_config; or every host and file that has none. */
export const planRoutes = async (options: FleetOptions, hosts: readonly Host[]): Promise<Checked<readonly Route[]>> => {
  const own = account();
  const args = parseSshArgs(options.sshCommonArgs ?? "");
  if (args.kind === "fault") return { kind: "problems", problems: [problem("--ssh-common-args", args.because)] };
  const usualFile = args.configFile ?? options.sshConfig;
  const configs = await readConfigs(hosts, usualFile, own);
  if (configs.kind === "problems") return configs;
  const common: CommonRoute = {
    user: options.user,
    privateKeyFile: options.privateKey,
    sshOptions: args.options,
    connectTimeout: options.connectTimeout,
    transport: options.transport,
  };
  const problems: Problem[] = [];
  const routes = hosts.flatMap((host): readonly Route[] => {
    const config = configs.value.get(host.connection.sshConfigFile ?? usualFile);
    if (config === undefined) throw new Error("a configuration was not read");
    const routed = planRoute(host, { config, account: own, common });
    if (routed.kind === "route") return [routed.route];
    problems.push(problem(`${host.name}:`, routed.because));
    return [];
  });
  problems.push(...routes.filter(isDenied).map(denied));
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: routes };
};

type Configs = ReadonlyMap<string | undefined, SshConfig>;

const readConfigs = async (
  hosts: readonly Host[],
  usualFile: string | undefined,
  { home }: Account,
): Promise<Checked<Configs>> => {
  const configs = new Map<string | undefined, SshConfig>();
  const problems: Problem[] = [];
  for (const given of new Set(hosts.map(({ connection }) => connection.sshConfigFile ?? usualFile))) {
    const userFile = join(home, ".ssh", "config");
    const read = await readSshConfig({ userFile, systemFile: "/etc/ssh/ssh_config", given });
    if (read.kind === "ok") configs.set(given, read.value);
    else problems.push(...read.problems);
  }
  return isNonEmpty(problems) ? { kind: "problems", problems } : { kind: "ok", value: configs };
};

/** Leaving out a setting that was asked for could lead to another machine, or to none. */
const isDenied = ({ transport, needsOpenssh }: Route): boolean => transport === "ssh2" && needsOpenssh.length > 0;
const denied = ({ host, needsOpenssh }: Route): Problem =>
  problem(host.name, `needs the OpenSSH program, and the transport is to be ssh2: ${needsOpenssh.join("; ")}`);

/** Two names for one machine: refused where both would be changed, told where they are only read. */
export const checkTwins = (routes: readonly Route[]): readonly Problem[] =>
  findTwins(routes).map(({ host, other, what }) =>
    problem(host.name, `is the same machine as ${other.name}: both are ${what}; leave one out with --limit`),
  );

/** Opens the way to the hosts of these routes: keys and known hosts are read, passphrases are asked for. */
export const openConnector = (
  options: FleetOptions,
  routes: readonly Route[],
  { password, stop }: { readonly password: Secret | undefined; readonly stop: AbortSignal },
): Promise<Reach> => {
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

const problem = (file: string, message: string): Problem => ({ at: { file, line: 0, column: 0 }, path: "", message });
