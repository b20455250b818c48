import { isNonEmpty } from "../model/brand.ts";
import type { Host, Secret } from "../model/host.ts";
import type { Clock, ConnectResult } from "../remote/port.ts";
import type { AskPerson } from "./ask-host-key.ts";
import { opensshArguments } from "./config/arguments.ts";
import { connect } from "./connect.ts";
import type { ConnectOptions, Endpoint, Via } from "./connect-options.ts";
import { type EndpointRules, endpointOf, waitsOf } from "./endpoints.ts";
import { type Entrance, entranceOf } from "./entrance.ts";
import { needsCertificates } from "./host-key-verdict.ts";
import { hostKeysCache } from "./host-keys.ts";
import type { AskPassphrase } from "./key-file.ts";
import { openKeyring } from "./keyring.ts";
import { openNetwork } from "./network.ts";
import { connectOpenssh } from "./openssh/connect.ts";
import { openOpensshFolder } from "./openssh/folder.ts";
import type { Account, Route } from "./routes.ts";

export type ReachOptions = {
  readonly account: Account;
  /** Runs proxy commands. */
  readonly shell: string;
  readonly clock: Clock;
  readonly knownHosts: string | undefined;
  readonly acceptNewHostKeys: boolean;
  /** Seconds. */
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

/** Reads what the routes need, files of keys and known hosts, and asks for passphrases, each once: before anybody is connected to. */
export const openReach = async (routes: readonly Route[], options: ReachOptions): Promise<Reach> => {
  const { account, clock, shell, ask, say } = options;
  const network = openNetwork({ clock, shell });
  const folder = openOpensshFolder({ environment: account.env, clock });
  const rules: EndpointRules = {
    ...options,
    home: account.home,
    whenAsked: ask === undefined ? "strict" : { ask: ask.hostKey },
  };
  const shared = {
    rules,
    keyring: openKeyring({ clock, ask: ask?.passphrase }),
    hostKeys: toldOnce(hostKeysCache(), say),
  };
  if (routes.some(({ target }) => target.strictHostKeyChecking === "no"))
    say("StrictHostKeyChecking no is taken as accept-new: a changed host key is refused all the same");

  const byProgram = (route: Route): Way => {
    const { connection } = route.host;
    const program = {
      address: connection.address,
      arguments: opensshArguments({
        configFile: route.configFile,
        options: route.options,
        user: undefined,
        port: undefined,
      }),
      hostKeys: { file: options.knownHosts, acceptNew: options.acceptNewHostKeys },
      password: connection.password ?? options.password,
      passphrase: ask?.passphrase,
      ...waitsOf(route.target, rules),
      ...{ folder, clock },
    };
    return () => connectOpenssh(program);
  };
  const wayOf = async (route: Route): Promise<Way> => {
    if (route.transport !== "ssh2" && route.needsOpenssh.length > 0) return because(route, route.needsOpenssh[0]);
    if (route.transport === "openssh") return because(route, "it was asked for");
    const target = await endpointOf(route.target, shared, route.host.connection.password ?? options.password);
    const hops = await inTurn(route.hops, (hop) => endpointOf(hop, shared, undefined));
    if (route.transport === "auto" && [...hops, target].some(isCertified)) return because(route, "a host certificate");
    const own: ConnectOptions = { ...target, via: viaOf(route, hops), clock };
    return () => connect(own, network);
  };
  const because = (route: Route, reason: string | undefined): Way => {
    options.explain(`${route.host.name}: over the OpenSSH program: ${reason}`);
    return byProgram(route);
  };

  const opened = new Map<string, { readonly way: Way; readonly entry: Entrance }>();
  for (const route of routes) opened.set(route.host.name, { way: await wayOf(route), entry: entranceOf(route) });
  const find = ({ name }: Host) => {
    const found = opened.get(name);
    if (found === undefined) throw new Error(`no route was opened for ${name}`);
    return found;
  };
  return {
    connect: (host) => find(host).way(),
    entry: (host) => find(host).entry,
    closeAll: async () => {
      network.closeAll();
      await folder.close();
    },
  };
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
