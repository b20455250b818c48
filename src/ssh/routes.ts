import type { Host, SshOption, Transport } from "../model/host.ts";
import type { SshConfig } from "./config/config.ts";
import { quotePath } from "./config/quote-path.ts";
import { type ResolveRequest, resolveHost } from "./config/resolve.ts";
import type { Hop, SshSettings } from "./config/settings.ts";

/** Whose configuration is read, and from where. */
export type Account = Pick<ResolveRequest, "localUser" | "localUid" | "home" | "localHostname" | "env">;

/** What the command line says of every host; the inventory wins over it. */
export type CommonRoute = {
  readonly user: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly sshOptions: readonly SshOption[];
  /** Seconds. */
  readonly connectTimeout: number | undefined;
  readonly transport: Transport | undefined;
};

/** A host and the way to it, as inventory, command line and ssh_config have it together. Nothing was asked of the network. */
export type Route = {
  readonly host: Host;
  /** Of inventory and command line, the strongest first: they win over the configuration's files. */
  readonly options: readonly SshOption[];
  /** `-F FILE`, or `none`; undefined: the usual files. */
  readonly configFile: string | undefined;
  readonly target: SshSettings;
  /** In the order of travel. */
  readonly hops: readonly SshSettings[];
  /** What only the OpenSSH program honours; empty: our own transport can reach the host. */
  readonly needsOpenssh: readonly string[];
  /** What was asked for. */
  readonly transport: Transport;
};

export type Routed =
  | { readonly kind: "route"; readonly route: Route }
  | { readonly kind: "fault"; readonly because: string };

type RouteRequest = { readonly config: SshConfig; readonly account: Account; readonly common: CommonRoute };

/** Resolves a host and the jump hosts before it. A fault: what no transport could follow. */
export const planRoute = (host: Host, { config, account, common }: RouteRequest): Routed => {
  const { address, transport } = host.connection;
  const options = optionsOf(host, common);
  const nothing = { user: undefined, port: undefined };
  const target = resolveHost(config, { ...account, ...nothing, host: address, options });
  const way = wayTo(target, { config, account }, new Set([hopKey({ host: address, ...nothing })]));
  if (way.kind === "fault") return way;
  const stations = [...way.hops, target];
  const [refusal] = stations.flatMap((one) => one.refusals);
  if (refusal !== undefined) return { kind: "fault", because: refusal };
  const needsOpenssh = [...new Set([...way.needsOpenssh, ...stations.flatMap((one) => one.needsOpenssh)])];
  const route = { host, options, target, hops: way.hops, needsOpenssh, configFile: config.given };
  return { kind: "route", route: { ...route, transport: transport ?? common.transport ?? "auto" } };
};

/** As Ansible orders them for ssh: port, key and user before the common arguments. */
const optionsOf = ({ connection }: Host, common: CommonRoute): readonly SshOption[] => {
  const { port, user = common.user, privateKeyFile = common.privateKeyFile, sshOptions } = connection;
  const timeout = connection.timeout ?? common.connectTimeout;
  const said: readonly (readonly [string, string | undefined])[] = [
    ["port", port?.toString()],
    ["identityfile", privateKeyFile === undefined ? undefined : quotePath(privateKeyFile)],
    ["user", user],
    ["connecttimeout", timeout?.toString()],
  ];
  const own = said.flatMap(([keyword, value]) => (value === undefined ? [] : [{ keyword, value }]));
  return [...own, ...(sshOptions.length > 0 ? sshOptions : common.sshOptions)];
};

type Way =
  | { readonly kind: "way"; readonly hops: readonly SshSettings[]; readonly needsOpenssh: readonly string[] }
  | { readonly kind: "fault"; readonly because: string };

/** Jump hosts of jump hosts, too: a list names the whole way, its first host may have a way of its own. */
const wayTo = (
  { proxy }: SshSettings,
  request: Pick<RouteRequest, "config" | "account">,
  seen: ReadonlySet<string>,
): Way => {
  if (proxy.kind !== "jump") return { kind: "way", hops: [], needsOpenssh: [] };
  const again = proxy.hops.find((hop) => seen.has(hopKey(hop)));
  if (again !== undefined) return { kind: "fault", because: `its jump hosts lead in a circle, through ${again.host}` };
  const hops = proxy.hops.map((hop) => resolveHost(request.config, { ...request.account, ...hop, options: [] }));
  const [first] = hops;
  if (first === undefined) throw new Error("a jump without a host");
  const before = wayTo(first, request, new Set([...seen, ...proxy.hops.map(hopKey)]));
  if (before.kind === "fault") return before;
  const byCommand = first.proxy.kind === "command" ? [`ProxyCommand of the jump host ${proxy.hops[0].host}`] : [];
  return { kind: "way", hops: [...before.hops, ...hops], needsOpenssh: [...before.needsOpenssh, ...byCommand] };
};

const hopKey = ({ host, user, port }: Hop): string => JSON.stringify([host.toLowerCase(), user, port]);
