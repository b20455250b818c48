import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import type { ConnectResult, Remote } from "../remote/port.ts";
import type { Effects } from "./effects.ts";

/**
 * Connections that outlive a stage: a sick host is slow to connect (DOMAIN, a full table blocks SSH itself), so one that
 * we have is kept between gather and apply, as long as the fleet is small enough to hold them all.
 */
export type Sessions = {
  readonly open: (host: Host) => Promise<ConnectResult>;
  /** Hands a connection back: kept for the next stage, or closed. */
  readonly release: (host: Host, remote: Remote, keep: boolean) => void;
  readonly closeAll: () => void;
};

/** At most `most` connections are kept while nobody uses them. */
export const sessions = (effects: Effects, most: number): Sessions => {
  const kept = new Map<string, Remote>();
  return {
    open: (host) => {
      const remote = kept.get(host.name);
      kept.delete(host.name);
      return remote === undefined ? connectPatiently(host, effects) : Promise.resolve({ kind: "connected", remote });
    },
    release: (host, remote, keep) => {
      if (keep && kept.size < most && !kept.has(host.name)) kept.set(host.name, remote);
      else remote.close();
    },
    closeAll: () => {
      for (const remote of kept.values()) remote.close();
      kept.clear();
    },
  };
};

const firstWait = 500;

/**
 * How often to connect before a host is called unreachable. A busy sshd cuts connections at random (MaxStartups), and a
 * full table drops the first packets of new ones; anything else does not pass by itself.
 */
const triesFor = ({ code }: Failure): number => {
  switch (code) {
    case "connection_lost_before_login":
      return 3;
    case "connect_timeout":
    case "banner_timeout":
      return 2;
    default:
      return 1;
  }
};

const connectPatiently = async (host: Host, effects: Effects): Promise<ConnectResult> => {
  for (let attempt = 1; ; attempt++) {
    const result = await effects.connect(host);
    if (result.kind === "connected" || attempt >= triesFor(result.failure)) return result;
    await effects.clock.sleep(firstWait * 2 ** (attempt - 1) * (0.5 + effects.random()));
  }
};
