import type { ConnectResult } from "../remote/port.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { execOn } from "./exec.ts";
import type { Network } from "./network.ts";
import { openLine } from "./open-line.ts";
import { failureOf, type Trouble } from "./trouble.ts";

/** Finds the way to a host, verifies its key and logs in. Every server on the way is verified and logged in to likewise. */
export const connect = async (options: ConnectOptions, network: Network): Promise<ConnectResult> => {
  const { via, clock } = options;
  const servers = via.kind === "jump" ? [options, ...via.hops] : [options];
  const secrets = servers.flatMap(({ identity }) => identity.password ?? []);
  const failed = (trouble: Trouble): ConnectResult => ({
    kind: "failed",
    failure: failureOf(trouble, { sent: false, secrets }),
  });
  const opened = await network.reach(options);
  if (opened.kind === "trouble") return failed(opened.trouble);
  const logged = await openLine(options, opened.way, clock);
  if (logged.kind === "trouble") return failed(logged.trouble);
  const { line } = logged;
  return { kind: "connected", remote: { exec: execOn({ line, clock, secrets }), close: line.destroy } };
};
