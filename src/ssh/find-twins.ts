import type { Host } from "../model/host.ts";
import type { Route } from "./routes.ts";

/** Two names that lead to one machine, as `what` shows: both would be changed at once. */
export type Twins = { readonly host: Host; readonly other: Host; readonly what: string };

/** The way, the address (as the system prints it: `127.1` is `127.0.0.1`), the port and `ctfleet_root` tell machines apart. */
export const findTwins = (routes: readonly Route[]): readonly Twins[] => {
  const seen = new Map<string, Host>();
  return routes.flatMap(({ host, target, hops }): readonly Twins[] => {
    const { hostname, port, proxy } = target;
    const way = proxy.kind === "command" ? proxy.command : hops.map((hop) => [hop.hostname, hop.port]);
    const key = JSON.stringify([hostname, port, way, host.connection.root]);
    const other = seen.get(key);
    seen.set(key, host);
    return other === undefined ? [] : [{ host, other, what: `${hostname} port ${port}` }];
  });
};
