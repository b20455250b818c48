import type { Clock } from "../remote/port.ts";
import { bastionPool } from "./bastions.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { nameLookup } from "./name-lookup.ts";
import { openCommand } from "./proxy-command.ts";
import { openSocket } from "./socket.ts";
import type { OpenedWay } from "./way.ts";

/** What the connections of one run share: answers about names, and connections to bastions. */
export type Network = {
  readonly reach: (options: ConnectOptions) => Promise<OpenedWay>;
  /** Ends the connections to bastions, and with them every host behind; nobody is reached afterwards. */
  readonly closeAll: () => void;
};

/** `shell` runs proxy commands: the user's login shell, as ssh takes it. */
export const openNetwork = ({
  clock,
  shell = "/bin/sh",
}: {
  readonly clock: Clock;
  readonly shell?: string;
}): Network => {
  const effects = { clock, lookUp: nameLookup({ clock }) };
  const bastions = bastionPool({ clock, direct: (endpoint) => openSocket(endpoint, effects) });
  const reach = (options: ConnectOptions): Promise<OpenedWay> => {
    const { via } = options;
    switch (via.kind) {
      case "direct":
        return openSocket(options, effects);
      case "jump":
        return bastions.reach(via.hops, options);
      case "command":
        return openCommand({ command: via.command, shell, clock });
    }
  };
  return { reach, closeAll: bastions.closeAll };
};
