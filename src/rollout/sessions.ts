import type { HostName } from "../model/brand.ts";
import type { Host } from "../model/host.ts";
import type { ConnectResult, Remote } from "../remote/port.ts";
import { connectOnce, connectPatiently } from "./connect-patiently.ts";
import type { Effects, OnProgress } from "./effects.ts";
import { type Aside, stay } from "./forks.ts";
import { pacer } from "./pacer.ts";
import { type Pacing, usualPacing } from "./pacing.ts";

/**
 * Connections that outlive a stage: a sick host is slow to connect (DOMAIN, a full table blocks SSH itself), so one that
 * we have is kept between gather and apply, as long as the fleet is small enough to hold them all.
 */
export type Sessions = {
  /** `aside` gives the host's fork to others while it waits to connect; without it the fork is held. */
  readonly open: (host: Host, aside?: Aside) => Promise<ConnectResult>;
  /**
   * One try over a new connection, paced as all others are; one that was kept is closed. Unlike `open`, a stop does not end
   * it: it is for hosts that are under way.
   */
  readonly openOnce: (host: Host) => Promise<ConnectResult>;
  /** The kept connection, else as `openOnce`: for hosts that are under way. */
  readonly goOn: (host: Host) => Promise<ConnectResult>;
  /** Hands a connection back: kept for the next stage, or closed. */
  readonly release: (host: Host, remote: Remote, keep: boolean) => void;
  readonly closeAll: () => void;
};

type SessionOptions = {
  readonly effects: Effects;
  /** So many connections are kept while nobody uses them. */
  readonly keep: number;
  readonly onProgress: OnProgress;
  /** Aborted: nobody waits to connect any longer. */
  readonly stop: AbortSignal;
  readonly pacing?: Pacing;
};

export const sessions = ({ effects, keep, onProgress, stop, pacing = usualPacing }: SessionOptions): Sessions => {
  const kept = new Map<string, Remote>();
  const { clock, random } = effects;
  const patience = {
    ...{ effects, stop, onProgress, budget: pacing.budget, lastIn: new Map<string, HostName>() },
    pacer: pacer({ clock, random, pacing, stop }),
  };
  const take = ({ name }: Host): Remote | undefined => {
    const remote = kept.get(name);
    kept.delete(name);
    return remote;
  };
  const takeOr = async (host: Host, connect: () => Promise<ConnectResult>): Promise<ConnectResult> => {
    const remote = take(host);
    return remote === undefined ? connect() : { kind: "connected", remote };
  };
  return {
    open: (host, aside = stay) => takeOr(host, () => connectPatiently(host, patience, aside)),
    openOnce: (host) => {
      take(host)?.close();
      return connectOnce(host, patience);
    },
    goOn: (host) => takeOr(host, () => connectOnce(host, patience)),
    release: (host, remote, again) => {
      if (again && kept.size < keep && !kept.has(host.name)) kept.set(host.name, remote);
      else remote.close();
    },
    closeAll: () => {
      for (const remote of kept.values()) remote.close();
      kept.clear();
    },
  };
};
