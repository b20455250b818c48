import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Clock } from "../remote/port.ts";
import type { Endpoint } from "./connect-options.ts";
import { forward } from "./forward.ts";
import { knownName } from "./known-hosts.ts";
import { type OpenedLine, openLine } from "./open-line.ts";
import { sameHops } from "./same-hops.ts";
import type { Trouble } from "./trouble.ts";
import type { OpenedWay } from "./way.ts";

export type Bastions = {
  /** A channel to a server through these hops; hosts with the same hops share their connections. */
  readonly reach: (hops: NonEmpty<Endpoint>, target: Endpoint) => Promise<OpenedWay>;
  readonly closeAll: () => void;
};

type Options = {
  readonly clock: Clock;
  readonly direct: (endpoint: Endpoint) => Promise<OpenedWay>;
  /** Channels that one connection carries before another is opened. */
  readonly most?: number;
};

/** One server behind its hops, with the connections to it that are open or being opened. */
type Bastion = { readonly hops: NonEmpty<Endpoint>; readonly connections: Set<Connection> };
type Connection = { readonly opened: Promise<OpenedLine>; channels: number };

/** Connections to bastions, opened when first needed and kept until the end of the run. */
export const bastionPool = ({ clock, direct, most = 64 }: Options): Bastions => {
  const byName = new Map<string, Bastion[]>();
  let closed = false;

  const bastionOf = (hops: NonEmpty<Endpoint>): Bastion => {
    const name = hops.map(nameOf).join();
    const namesakes = byName.get(name) ?? [];
    const found = namesakes.find((one) => sameHops(one.hops, hops));
    if (found) return found;
    const fresh: Bastion = { hops, connections: new Set() };
    byName.set(name, [...namesakes, fresh]);
    return fresh;
  };

  /** Counts the caller in at once, so that those who ask at the same moment share what is being opened. */
  const join = (bastion: Bastion): Connection => {
    const found = [...bastion.connections].find(({ channels }) => channels < most) ?? start(bastion);
    found.channels += 1;
    return found;
  };
  const start = ({ hops, connections }: Bastion): Connection => {
    const connection: Connection = { opened: open(hops), channels: 0 };
    connections.add(connection);
    const forget = (): void => void connections.delete(connection);
    void connection.opened.then((opened) => {
      if (opened.kind === "trouble" || opened.line.gone.aborted) forget();
      else opened.line.gone.addEventListener("abort", forget);
    });
    return connection;
  };
  const open = async (hops: NonEmpty<Endpoint>): Promise<OpenedLine> => {
    const before = hops.slice(0, -1);
    const server = lastOf(hops);
    const within = (trouble: Trouble): OpenedLine => ({
      kind: "trouble",
      trouble: { kind: "bastion", name: knownName(server.address, server.port), trouble },
    });
    const way = isNonEmpty(before) ? await reach(before, server) : await direct(server);
    if (way.kind === "trouble") return isNonEmpty(before) ? way : within(way.trouble);
    const opened = await openLine(server, way.way, clock);
    if (opened.kind === "trouble") return within(opened.trouble);
    if (closed) opened.line.destroy();
    return opened;
  };

  const reach = async (hops: NonEmpty<Endpoint>, target: Endpoint): Promise<OpenedWay> => {
    if (closed) return { kind: "trouble", trouble: { kind: "closed", phase: "connect", message: "the run has ended" } };
    const bastion = bastionOf(hops);
    const server = lastOf(hops);
    const connection = join(bastion);
    const leave = once(() => {
      connection.channels -= 1;
    });
    const opened = await connection.opened;
    const way =
      opened.kind === "trouble"
        ? opened
        : await forward({ line: opened.line, name: knownName(server.address, server.port), target, clock, leave });
    if (way.kind === "trouble") leave();
    return way;
  };

  const closeAll = (): void => {
    closed = true;
    for (const { connections } of [...byName.values()].flat())
      for (const { opened } of connections)
        void opened.then((one) => {
          if (one.kind === "open") one.line.destroy();
        });
  };
  return { reach, closeAll };
};

const nameOf = ({ user, address, port }: Endpoint): string => `${user}@${knownName(address, port)}`;

const lastOf = (hops: NonEmpty<Endpoint>): Endpoint => hops[hops.length - 1] ?? hops[0];

const once = (act: () => void): (() => void) => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
};
