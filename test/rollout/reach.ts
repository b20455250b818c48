import { randomBytes } from "node:crypto";
import type { HostName } from "../../src/model/brand.ts";
import type { FailureCode } from "../../src/model/failure.ts";
import type { Host } from "../../src/model/host.ts";
import { systemClock } from "../../src/remote/clock.ts";
import type { Progress } from "../../src/rollout/effects.ts";
import { usualPacing } from "../../src/rollout/pacing.ts";
import { sessions } from "../../src/rollout/sessions.ts";
import type { Walk } from "../../src/rollout/survey.ts";
import { ping, visitAll } from "../../src/rollout/visit.ts";
import { connect } from "../../src/ssh/connect.ts";
import type { ConnectOptions } from "../../src/ssh/connect-options.ts";
import { entranceOf } from "../../src/ssh/entrance.ts";
import { openNetwork } from "../../src/ssh/network.ts";
import { nothingOutside } from "../support/apply-options.ts";
import { aHost } from "../support/play.ts";

/** A walk over real connections, with the pacing that the command line has. */
export const realWalk = (ways: ReadonlyMap<HostName, ConnectOptions>, pacing = usualPacing) => {
  const events: Progress[] = [];
  const stop = new AbortController().signal;
  const network = openNetwork({ clock: systemClock });
  const effects = {
    connect: ({ name }: Host) => connect(ways.get(name)!, network),
    entry: ({ name }: Host) => entranceOf(stations(ways.get(name)!)),
    clock: systemClock,
    nonce: () => randomBytes(16).toString("hex"),
    random: Math.random,
    ...nothingOutside,
  };
  const onProgress = (event: Progress) => events.push(event);
  const walk: Walk = {
    ...{ effects, forks: 50, stop, onProgress },
    sessions: sessions({ effects, keep: 100, onProgress, stop, pacing }),
    deadlines: { gather: 60_000, apply: 60_000 },
  };
  const close = () => {
    walk.sessions.closeAll();
    network.closeAll();
  };
  return { walk, close, retries: () => events.filter(({ kind }) => kind === "retrying").length };
};

/** What the configuration would say of such a way. */
const stations = ({ address, port, via }: ConnectOptions) => ({
  target: { hostname: address, port, proxy: via.kind === "command" ? via : ({ kind: "none" } as const) },
  hops: via.kind === "jump" ? via.hops.map((hop) => ({ hostname: hop.address, port: hop.port })) : [],
});

/** Pings a host by each way; the codes of what went wrong stand in the order of the ways. */
export const pingAll = async (ways: readonly ConnectOptions[]) => {
  const hosts = ways.map((_, at): Host => ({ ...aHost, name: `h${at}` as HostName }));
  const { walk, close, retries } = realWalk(new Map(hosts.map(({ name }, at) => [name, ways[at]!])));
  const visited = hosts.map((host) => ({ host, become: { kind: "no" } as const }));
  const codes = (await visitAll(visited, walk, ping)).map((one): FailureCode | "reached" =>
    one === undefined ? "stopped" : one.kind === "failed" ? one.failure.code : "reached",
  );
  close();
  return { codes, retries: retries() };
};
