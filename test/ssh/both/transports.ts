import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { secret } from "../../../src/model/host.ts";
import { systemClock } from "../../../src/remote/clock.ts";
import type { ConnectResult, Remote } from "../../../src/remote/port.ts";
import { connect } from "../../../src/ssh/connect.ts";
import type { ConnectOptions, Endpoint } from "../../../src/ssh/connect-options.ts";
import { openNetwork } from "../../../src/ssh/network.ts";
import { connectOpenssh } from "../../../src/ssh/openssh/connect.ts";
import { type OpensshFolder, openOpensshFolder } from "../../../src/ssh/openssh/folder.ts";
import type { Sshd } from "../../support/sshd.ts";
import { keysOf, knownIn, nobody } from "../login.ts";

export const names = ["ssh2", "openssh"] as const;
export type Name = (typeof names)[number];

export type Server = { readonly address: string; readonly port: number; readonly user: string };

/** A host and how to get there, in words that both transports know. */
export type Target = Server & {
  readonly keys: readonly string[];
  readonly passphrase?: string;
  readonly password?: string;
  readonly agentSocket?: string;
  readonly knownHosts: string;
  readonly acceptNew?: boolean;
  readonly timeouts: Endpoint["timeouts"];
  readonly keepAlive?: Endpoint["keepAlive"];
  readonly jump?: Server;
  readonly proxyCommand?: string;
};

/** The first host of a fleet with its client key, its known hosts, and time enough. */
export const targetOf = ({ hosts, clientKey, knownHostsFile }: Sshd, at = 0): Target => ({
  ...{ address: hosts[at]!.address, port: hosts[at]!.port, user: "root", keys: [clientKey] },
  ...{ knownHosts: knownHostsFile, timeouts: { connect: 5000, login: 10_000 } },
});

export type Transport = {
  readonly connect: (target: Target) => Promise<ConnectResult>;
  readonly close: () => Promise<void>;
};

/** A transport for one test file; the folder is for its configuration. */
export const openTransport = (name: Name, folder: string): Transport =>
  name === "ssh2" ? overSsh2() : overOpenssh(folder);

/** Connects and hands the remote on; closes it at the end. Throws when the host does not let us in. */
export const withRemote = async <T>(
  { connect: reach }: Transport,
  target: Target,
  use: (remote: Remote) => Promise<T>,
): Promise<T> => {
  const result = await reach(target);
  if (result.kind === "failed") throw new Error(`${result.failure.code}: ${result.failure.detail}`);
  try {
    return await use(result.remote);
  } finally {
    result.remote.close();
  }
};

const overSsh2 = (): Transport => {
  const network = openNetwork({ clock: systemClock });
  return {
    connect: async (target) => connect(await ssh2Options(target), network),
    close: () => {
      network.closeAll();
      return Promise.resolve();
    },
  };
};

const ssh2Options = async (target: Target): Promise<ConnectOptions> => {
  const { passphrase, agentSocket, password, acceptNew, knownHosts, jump, proxyCommand } = target;
  const keys = await keysOf(target.keys, { agentSocket, ...(passphrase === undefined ? {} : { passphrase }) });
  const endpoint = {
    ...{ address: target.address, port: target.port, user: target.user, hostKeyAlias: undefined, family: 0 as const },
    hostKeys: await knownIn([knownHosts], acceptNew === true ? { policy: "accept_new" } : {}),
    identity: { ...nobody, ...keys, password: password === undefined ? undefined : secret(password) },
    ...{ bindAddress: undefined, keepAlive: keepAliveOf(target), timeouts: target.timeouts },
  };
  const hop = jump && { ...endpoint, ...jump, identity: { ...endpoint.identity, password: undefined } };
  return {
    ...{ ...endpoint, clock: systemClock },
    via: hop
      ? { kind: "jump", hops: [hop] }
      : proxyCommand === undefined
        ? { kind: "direct" }
        : { kind: "command", command: proxyCommand },
  };
};

const keepAliveOf = ({ keepAlive }: Target): Endpoint["keepAlive"] => keepAlive ?? { interval: 15_000, countMax: 3 };

const overOpenssh = (folder: string): Transport => {
  const shared = openOpensshFolder({ environment: process.env, clock: systemClock });
  let count = 0;
  return {
    connect: async (target) => {
      count += 1;
      const config = join(folder, `ssh_config_${count}`);
      await writeFile(config, configFor(target));
      return connectOpenssh(opensshOptions(target, config, shared));
    },
    close: shared.close,
  };
};

/** What a user would have in a configuration file for the way there; the host's own settings are arguments. */
const configFor = ({ jump, proxyCommand, keys, knownHosts, address, acceptNew }: Target): string =>
  [
    `Host ${address}`,
    ...(jump ? [`ProxyJump ${jump.user}@${jump.address}:${jump.port}`] : []),
    ...(proxyCommand === undefined ? [] : [`ProxyCommand ${proxyCommand}`]),
    "Host *",
    ...(jump ? keys.map((key) => `IdentityFile ${key}`) : []),
    `UserKnownHostsFile ${knownHosts}`,
    "GlobalKnownHostsFile /dev/null",
    `StrictHostKeyChecking ${acceptNew === true ? "ask" : "yes"}`,
    "",
  ].join("\n");

export const opensshOptions = (target: Target, config: string, folder: OpensshFolder) => {
  const { passphrase, password, agentSocket, keys } = target;
  return {
    address: target.address,
    arguments: [
      ...["-F", config, "-p", String(target.port), "-l", target.user, "-o", `IdentityAgent=${agentSocket ?? "none"}`],
      ...(keys.length === 0 ? ["-o", "IdentityFile=none"] : keys.flatMap((key) => ["-i", key])),
    ],
    hostKeys: { file: target.knownHosts, acceptNew: target.acceptNew === true },
    password: password === undefined ? undefined : secret(password),
    passphrase: passphrase === undefined ? undefined : () => Promise.resolve(secret(passphrase)),
    ...{ keepAlive: keepAliveOf(target), timeouts: target.timeouts, folder, clock: systemClock },
  };
};

/** The code of what did not work, `no failure` where it did: the connection is closed then. */
export const codeOf = (result: ConnectResult): string => {
  if (result.kind === "failed") return result.failure.code;
  result.remote.close();
  return "no failure";
};
