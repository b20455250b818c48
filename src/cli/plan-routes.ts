import { join } from "node:path";
import { parseSshArgs } from "../inventory/ssh-args.ts";
import type { Host } from "../model/host.ts";
import { allOf, type Checked, checked, type Problem, problemOf } from "../model/problem.ts";
import type { SshConfig } from "../ssh/config/config.ts";
import { readSshConfig } from "../ssh/config/read.ts";
import { findTwins } from "../ssh/find-twins.ts";
import { type CommonRoute, planRoute, type Route } from "../ssh/routes.ts";
import { account } from "./account.ts";
import type { FleetOptions } from "./options.ts";

/** The way to every host, from inventory, command line and ssh_config; or every host and file that has none. */
export const planRoutes = async (options: FleetOptions, hosts: readonly Host[]): Promise<Checked<readonly Route[]>> => {
  const args = parseSshArgs(options.sshCommonArgs ?? "");
  if (args.kind === "fault") return { kind: "problems", problems: [problemOf("--ssh-common-args", args.because)] };
  const usualFile = args.configFile ?? options.sshConfig;
  const fileOf = ({ connection }: Host): string | undefined => connection.sshConfigFile ?? usualFile;
  const configs = await readConfigs(new Set(hosts.map(fileOf)));
  if (configs.kind === "problems") return configs;
  const common: CommonRoute = {
    user: options.user,
    privateKeyFile: options.privateKey,
    sshOptions: args.options,
    connectTimeout: options.connectTimeout,
    transport: options.transport,
  };
  const own = account();
  return allOf(
    hosts.map((host): Checked<Route> => {
      const config = configs.value.get(fileOf(host));
      if (config === undefined) throw new Error("a configuration was not read");
      const routed = planRoute(host, { config, account: own, common });
      if (routed.kind === "fault") return refused(`${host.name}:`, routed.because);
      return honoured(routed.route);
    }),
  );
};

/** Leaving out a setting that was asked for could lead to another machine, or to none. */
const honoured = (route: Route): Checked<Route> => {
  const { host, transport, needsOpenssh } = route;
  return transport === "ssh2" && needsOpenssh.length > 0
    ? refused(host.name, `needs the OpenSSH program, and the transport is to be ssh2: ${needsOpenssh.join("; ")}`)
    : { kind: "ok", value: route };
};

const refused = (where: string, message: string): Checked<never> => ({
  kind: "problems",
  problems: [problemOf(where, message)],
});

type Configs = ReadonlyMap<string | undefined, SshConfig>;

/** The ssh_config of each name that was given (undefined: the usual files), read once. */
const readConfigs = async (names: ReadonlySet<string | undefined>): Promise<Checked<Configs>> => {
  const userFile = join(account().home, ".ssh", "config");
  const configs = new Map<string | undefined, SshConfig>();
  const problems: Problem[] = [];
  for (const given of names) {
    const read = await readSshConfig({ userFile, systemFile: "/etc/ssh/ssh_config", given });
    if (read.kind === "ok") configs.set(given, read.value);
    else problems.push(...read.problems);
  }
  return checked(configs, problems);
};

/** Two names for one machine: refused where both would be changed, told where they are only read. */
export const checkTwins = (routes: readonly Route[]): readonly Problem[] =>
  findTwins(routes).map(({ host, other, what }) =>
    problemOf(host.name, `is the same machine as ${other.name}: both are ${what}; leave one out with --limit`),
  );
