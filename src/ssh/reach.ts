import { isNonEmpty } from "../model/brand.ts";
import type { Host, Secret } from "../model/host.ts";
import type { Clock, ConnectResult, Entrance } from "../remote/port.ts";
import type { AskPerson } from "./ask-host-key.ts";
import { opensshArguments } from "./config/arguments.ts";
import type { SshSettings } from "./config/settings.ts";
import { connect } from "./connect.ts";
import type { ConnectOptions, Endpoint, Via } from "./connect-options.ts";
import { type EndpointRules, endpointOf, waitsOf } from "./endpoints.ts";
import { entranceOf } from "./entrance.ts";
import { needsCertificates } from "./host-key-verdict.ts";
import { hostKeysCache } from "./host-keys.ts";
import type { AskPassphrase } from "./key-file.ts";
import { type Keyring, openKeyring } from "./keyring.ts";
import { type Network, openNetwork } from "./network.ts";
import { connectOpenssh } from "./openssh/connect.ts";
import { type OpensshFolder, openOpensshFolder } from "./openssh/folder.ts";
import type { OpensshOptions } from "./openssh/options.ts";
import type { Account, Route } from "./routes.ts";

export type ReachOptions = {
  readonly account: Account;
  /** Runs proxy commands. */
  readonly shell: string;
  readonly clock: Clock;
  readonly knownHosts: string | undefined;
  readonly acceptNewHostKeys: boolean;
  /** Seconds, for jump hosts: for the host itself its route says how many. */
  readonly connectTimeout: number | undefined;
  /** For hosts whose inventory has none. */
  readonly password: Secret | undefined;
  /** Questions to the person at the terminal; undefined: there is nobody. */
  readonly ask: { readonly hostKey: AskPerson; readonly passphrase: AskPassphrase } | undefined;
  /** What a person should know, a line each. */
  readonly say: (line: string) => void;
  /** Which transport was chosen, and why. */
  readonly explain: (line: string) => void;
};

/** Connections to the hosts of one run. */
export type Reach = {
  /** The host must be one of those whose routes were opened. */
  readonly connect: (host: Host) => Promise<ConnectResult>;
  readonly entry: (host: Host) => Entrance;
  /** Ends what connections share: those to bastions, masters of the OpenSSH program. */
  readonly closeAll: () => Promise<void>;
};

type Way = () => Promise<ConnectResult>;

/** What the connections of one run have in common. */
type Shared = {
  readonly options: ReachOptions;
  readonly rules: EndpointRules;
  readonly keyring: Keyring;
  readonly hostKeys: Cache;
  readonly network: Network;
  readonly folder: OpensshFolder;
};

/** Reads what the routes need, files of keys and known hosts, and asks for passphrases, each once: before anybody is connected to. */
export const openReach = async (routes: readonly Route[], options: ReachOptions): Promise<Reach> => {
  const { account, clock, shell, ask, say } = options;
  const shared: Shared = {
    options,
    rules: { ...options, home: account.home, whenAsked: ask === undefined ? "strict" : { ask: ask.hostKey } },
    keyring: openKeyring({ clock, ask: ask?.passphrase }),
    hostKeys: toldOnce(hostKeysCache(), say),
    network: openNetwork({ clock, shell }),
    folder: openOpensshFolder({ environment: account.env, clock }),
  };
  if (routes.some(({ target }) => target.strictHostKeyChecking === "no"))
    say("StrictHostKeyChecking no is taken as accept-new: a changed host key is refused all the same");
  const opened = new Map<string, { readonly way: Way; readonly entry: Entrance }>();
  for (const route of routes)
    opened.set(route.host.name, { way: await wayOf(route, shared), entry: entranceOf(route) });
  const find = ({ name }: Host) => {
    const found = opened.get(name);
    if (found === undefined) throw new Error(`no route was opened for ${name}`);
    return found;
  };
  return {
    connect: (host) => find(host).way(),
    entry: (host) => find(host).entry,
    closeAll: async () => {
      shared.network.closeAll();
      await shared.folder.close();
    },
  };
};

/** Our own transport, unless the program was asked for, or only it can do what is to be done. */
const wayOf = async (route: Route, shared: Shared): Promise<Way> => {
  const { transport, needsOpenssh } = route;
  const [reason] = needsOpenssh;
  if (transport === "openssh") return byProgram(route, shared, reason ?? "it was asked for");
  if (transport === "auto" && reason !== undefined) return byProgram(route, shared, reason);
  const stations = await stationsOf(route, shared);
  const { target, hops } = stations;
  if (transport === "auto" && [...hops, target].some(isCertified))
    return byProgram(route, shared, "a host certificate");
  const own: ConnectOptions = { ...target, via: viaOf(route, hops), clock: shared.options.clock };
  return () => connect(own, shared.network);
};

type Stations = { readonly target: Endpoint; readonly hops: readonly Endpoint[] };

const stationsOf = async ({ host, target, hops }: Route, shared: Shared): Promise<Stations> => {
  const { password, connectTimeout } = shared.options;
  const patient = (hop: SshSettings): SshSettings => ({ ...hop, connectTimeout: connectTimeout ?? hop.connectTimeout });
  return {
    target: await endpointOf(target, shared, host.connection.password ?? password),
    // the password is the host's own: no bastion sees it
    hops: await inTurn(hops, (hop) => endpointOf(patient(hop), shared, undefined)),
  };
};

const byProgram = (
  { host, options, configFile, target }: Route,
  { options: all, folder }: Shared,
  reason: string,
): Way => {
  all.explain(`${host.name}: over the OpenSSH program: ${reason}`);
  const { address, password = all.password } = host.connection;
  const program: OpensshOptions = {
    address,
    // user and port are among the options
    arguments: opensshArguments({ configFile, options, user: undefined, port: undefined }),
    hostKeys: { file: all.knownHosts, acceptNew: all.acceptNewHostKeys },
    password,
    passphrase: all.ask?.passphrase,
    ...waitsOf(target),
    ...{ folder, clock: all.clock },
  };
  return () => connectOpenssh(program);
};

const isCertified = ({ address, port, hostKeyAlias, hostKeys }: Endpoint): boolean =>
  needsCertificates(hostKeys.find({ address, port, hostKeyAlias }));

const viaOf = ({ target }: Route, hops: readonly Endpoint[]): Via => {
  if (isNonEmpty(hops)) return { kind: "jump", hops };
  return target.proxy.kind === "command" ? target.proxy : { kind: "direct" };
};

/** One after another: each may ask a question. */
const inTurn = async <From, To>(list: readonly From[], work: (one: From) => Promise<To>): Promise<readonly To[]> => {
  const done: To[] = [];
  for (const one of list) done.push(await work(one));
  return done;
};

type Cache = ReturnType<typeof hostKeysCache>;

/** Tells of lines that could not be used, once for each set of files. */
const toldOnce = (load: Cache, say: (line: string) => void): Cache => {
  const told = new Set<unknown>();
  return async (request) => {
    const keys = await load(request);
    if (!told.has(keys))
      for (const { file, line, message } of keys.problems) say(`${file}${line > 0 ? `:${line}` : ""}: ${message}`);
    told.add(keys);
    return keys;
  };
};
