import { Client } from "ssh2";
import type { Clock, ConnectResult } from "../remote/port.ts";
import { ClosableAgent } from "./agent.ts";
import { execOn } from "./exec.ts";
import { hostKeyCheck } from "./host-key-check.ts";
import type { HostKeys } from "./host-keys.ts";
import type { Identity } from "./identity.ts";
import { watchLine } from "./line.ts";
import { logIn } from "./log-in.ts";
import { loginAttempts } from "./login-attempts.ts";
import { openSocket } from "./socket.ts";
import { failureOf, type Trouble } from "./trouble.ts";

export type ConnectOptions = {
  /** A name or an address; the host's key is looked up under it. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: HostKeys;
  readonly identity: Identity;
  /** Milliseconds. `connect` bounds name lookup and TCP, and again the wait for the host's first line. */
  readonly timeouts: { readonly connect: number; readonly login: number };
  readonly clock: Clock;
};

/** Connects, verifies the host's key and logs in. Nothing about the user is sent before the key is verified. */
export const connect = async (options: ConnectOptions): Promise<ConnectResult> => {
  const { user, identity, clock, timeouts } = options;
  const secrets = [identity.password ?? []].flat();
  const failed = (trouble: Trouble): ConnectResult => ({
    kind: "failed",
    failure: failureOf(trouble, { sent: false, secrets }),
  });
  const opened = await openSocket(options, timeouts.connect, clock);
  if (opened.kind === "trouble") return failed(opened.trouble);
  const agent = agentOf(identity);
  const line = watchLine(new Client(), opened.socket, () => agent?.close());
  const check = hostKeyCheck(options);
  const trouble = await logIn({ ...options, line, check, attempts: loginAttempts(user, identity, agent) });
  if (trouble) {
    line.destroy();
    return failed(trouble);
  }
  return { kind: "connected", remote: { exec: execOn({ line, clock, secrets }), close: line.destroy } };
};

const agentOf = ({ agentSocket, keys }: Identity): ClosableAgent | undefined =>
  agentSocket === undefined
    ? undefined
    : new ClosableAgent(
        agentSocket,
        keys.map(({ key }) => key),
      );
