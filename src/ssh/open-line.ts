import { Client } from "ssh2";
import type { Clock } from "../remote/port.ts";
import type { Endpoint } from "./connect-options.ts";
import { hostKeyCheck } from "./host-key-check.ts";
import { permitted, unrestricted } from "./key-rules.ts";
import { type Line, watchLine } from "./line.ts";
import { logIn } from "./log-in.ts";
import { loginAttempts } from "./login-attempts.ts";
import type { Trouble } from "./trouble.ts";
import type { Way } from "./way.ts";

export type OpenedLine =
  | { readonly kind: "open"; readonly line: Line }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

/** Verifies the server's key over an open way and logs in. Nothing about the user is sent before the key is verified. */
export const openLine = async (endpoint: Endpoint, way: Way, clock: Clock): Promise<OpenedLine> => {
  const { user: username, algorithms: rules = unrestricted } = endpoint;
  const identity = permitted(endpoint.identity, rules);
  const attempts = loginAttempts({ username, identity, rules });
  const line = watchLine(new Client(), way, attempts.close);
  const check = hostKeyCheck(endpoint);
  const trouble = await logIn({ ...endpoint, identity, clock, line, check, attempts });
  if (trouble === undefined) return { kind: "open", line };
  line.destroy();
  return { kind: "trouble", trouble };
};
