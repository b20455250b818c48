import type { SshSettings } from "../ssh/config/settings.ts";
import type { Route } from "../ssh/routes.ts";

/** How a host is going to be reached, for those who look for a mistake: `gw1: deploy@192.0.2.10:22 through ops@bastion:22, keys ...`. */
export const describeRoute = ({ host, target, hops }: Route): string => {
  const way =
    target.proxy.kind === "command" ? ` by ${target.proxy.command}` : hops.map((hop) => ` through ${at(hop)}`).join("");
  const keys = target.identityFiles ?? ["the usual ones"];
  const agent = target.identityAgent === undefined ? "no agent" : `agent ${target.identityAgent}`;
  return `${host.name}: ${at(target)}${way}, keys ${keys.join(", ") || "none"}, ${agent}`;
};

const at = ({ user, hostname, port }: SshSettings): string =>
  `${user}@${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
