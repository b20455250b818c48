import { Client } from "ssh2";
import type { ConnectResult } from "../remote/port.ts";
import { ClosableAgent } from "./agent.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { execOn } from "./exec.ts";
import { hostKeyCheck } from "./host-key-check.ts";
import type { Identity } from "./identity.ts";
import { watchLine } from "./line.ts";
import { logIn } from "./log-in.ts";
import { loginAttempts } from "./login-attempts.ts";
import { openSocket } from "./socket.ts";
import { failureOf, type Trouble } from "./trouble.ts";

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
