import { join } from "node:path";
import type { Secret } from "../model/host.ts";
import type { SshSettings } from "./config/settings.ts";
import type { Endpoint } from "./connect-options.ts";
import type { HostKeyPolicy, HostKeys, HostKeysRequest } from "./host-keys.ts";
import type { KeyFile } from "./key-file.ts";
import type { Keyring } from "./keyring.ts";

/** What the command line says of every server. */
export type EndpointRules = {
  readonly home: string;
  /** Instead of the configured known_hosts files. */
  readonly knownHosts: string | undefined;
  readonly acceptNewHostKeys: boolean;
  /** What to do with an unknown host where the configuration says `ask`. */
  readonly whenAsked: HostKeyPolicy;
};

type Shared = {
  readonly rules: EndpointRules;
  readonly keyring: Keyring;
  readonly hostKeys: (request: HostKeysRequest) => Promise<HostKeys>;
};

/** One server as our own transport takes it: its key files and known_hosts are read, once for all servers that share them. */
export const endpointOf = async (
  settings: SshSettings,
  { rules, keyring, hostKeys }: Shared,
  password: Secret | undefined,
): Promise<Endpoint> => {
  const { identityAgent: agentSocket, identitiesOnly: onlyNamed, authentications: methods } = settings;
  const files = settings.identityFiles?.map((path): KeyFile => ({ path, optional: false })) ?? usualKeys(rules.home);
  return {
    address: settings.hostname,
    port: settings.port,
    user: settings.user,
    hostKeyAlias: settings.hostKeyAlias,
    hostKeys: await hostKeys(hostKeysRequest(settings, rules)),
    identity: { ...(await keyring({ files, onlyNamed, agentSocket, methods })), password },
    algorithms: settings.algorithms,
    family: families[settings.addressFamily],
    bindAddress: settings.bindAddress,
    ...waitsOf(settings),
  };
};

const families = { any: 0, inet: 4, inet6: 6 } as const;

const usualKeys = (home: string): readonly KeyFile[] =>
  ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => ({ path: join(home, ".ssh", name), optional: true }));

const usualTimeout = 10;
/** A connection that is kept and died is noticed within a minute, also where the configuration sends no signs of life. */
const usualKeepAlive = { interval: 15, countMax: 3 };

/** Milliseconds. The login may take twice as long as the connection: two machines calculate there. */
export const waitsOf = (settings: SshSettings): Pick<Endpoint, "timeouts" | "keepAlive"> => {
  const timeout = (settings.connectTimeout ?? usualTimeout) * 1000;
  const { serverAliveInterval: interval, serverAliveCountMax: countMax } = settings;
  const keepAlive = interval > 0 ? { interval, countMax } : usualKeepAlive;
  return {
    timeouts: { connect: timeout, login: timeout * 2 },
    keepAlive: { interval: keepAlive.interval * 1000, countMax: keepAlive.countMax },
  };
};

const hostKeysRequest = (settings: SshSettings, rules: EndpointRules): HostKeysRequest => ({
  userFiles: rules.knownHosts === undefined ? settings.userKnownHostsFiles : [rules.knownHosts],
  globalFiles: rules.knownHosts === undefined ? settings.globalKnownHostsFiles : [],
  policy: policyOf(settings, rules),
  hash: settings.hashKnownHosts,
});

/** `no` would let in a host whose key has changed, which nobody may want here: it counts as accept-new. */
const policyOf = (settings: SshSettings, { acceptNewHostKeys, whenAsked }: EndpointRules): HostKeyPolicy => {
  if (acceptNewHostKeys) return "accept_new";
  switch (settings.strictHostKeyChecking) {
    case "yes":
      return "strict";
    case "accept-new":
    case "no":
      return "accept_new";
    case "ask":
      return whenAsked;
  }
};
