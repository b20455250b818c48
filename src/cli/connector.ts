import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Host } from "../model/host.ts";
import { systemClock } from "../remote/clock.ts";
import type { ConnectResult } from "../remote/port.ts";
import { connect } from "../ssh/connect.ts";
import { type HostKeys, loadHostKeys } from "../ssh/host-keys.ts";
import { type Identity, type KeyFile, loadKeys } from "../ssh/identity.ts";
import { askSecret, canAsk } from "./ask.ts";
import { say } from "./console.ts";
import type { FleetOptions } from "./options.ts";

type Connector = (host: Host) => Promise<ConnectResult>;

/** The account's home folder, as OpenSSH has it: not $HOME, which cron and sudo set to other places. */
const home = (): string => userInfo().homedir || homedir();

/** Reads known_hosts and keys once; the function that it gives connects to one host. */
export const connector = async (
  options: FleetOptions,
  hosts: readonly Host[],
  stop: AbortSignal,
): Promise<Connector> => {
  const hostKeys = await loadHostKeys({
    files: options.knownHosts === undefined ? usualKnownHosts() : [options.knownHosts],
    acceptNew: options.acceptNewHostKeys === true,
  });
  warnOf(hostKeys);
  const identities = await loadIdentities(options, hosts, stop);
  const me = userInfo().username;
  const timeout = options.connectTimeout * 1000;
  return (host) => {
    const { address, port, user, privateKeyFile, password } = host.connection;
    return connect({
      address,
      port,
      user: user ?? options.user ?? me,
      hostKeys,
      identity: { ...identities(privateKeyFile), password },
      timeouts: { connect: timeout, login: timeout * 2 },
      clock: systemClock,
    });
  };
};

const usualKnownHosts = (): readonly [string, string] => [
  join(home(), ".ssh", "known_hosts"),
  "/etc/ssh/ssh_known_hosts",
];

const warnOf = ({ problems }: HostKeys): void => {
  for (const { file, line, message } of problems) say(`${file}${line > 0 ? `:${line}` : ""}: ${message}`);
};

type Keys = Pick<Identity, "keys" | "unusable" | "agentSocket">;

/** Keys by the file that a host names; those of the usual places for a host that names none. */
const loadIdentities = async (
  options: FleetOptions,
  hosts: readonly Host[],
  stop: AbortSignal,
): Promise<(file: string | undefined) => Keys> => {
  const agentSocket = process.env.SSH_AUTH_SOCK || undefined;
  const ask = canAsk() ? (file: string) => askSecret(`Passphrase for ${file}: `, stop) : undefined;
  // The agent most likely has the usual keys, decrypted: only for a key that somebody named is it worth a question.
  const askUsual = agentSocket === undefined ? ask : undefined;
  const byFile = new Map<string | undefined, Keys>();
  for (const file of new Set(hosts.map((host) => host.connection.privateKeyFile))) {
    const named = file ?? options.privateKey;
    const files: readonly KeyFile[] =
      named === undefined ? usualKeys() : [{ path: expandHome(named), optional: false }];
    byFile.set(file, { ...(await loadKeys(files, named === undefined ? askUsual : ask)), agentSocket });
  }
  return (file) => {
    const keys = byFile.get(file);
    if (keys === undefined) throw new Error("a host was not among those whose keys were read");
    return keys;
  };
};

const usualKeys = (): readonly KeyFile[] =>
  ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => ({ path: join(home(), ".ssh", name), optional: true }));

const expandHome = (file: string): string => (file.startsWith("~/") ? join(home(), file.slice(2)) : file);
