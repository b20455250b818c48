import type { Clock } from "../../remote/port.ts";
import type { Endpoint } from "../connect-options.ts";
import { startDeadline } from "../deadline.ts";
import type { Phase } from "../trouble.ts";

export type Limit = {
  /** Somebody is asked for a passphrase: that takes as long as it takes. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: () => void;
};

type Limiting = {
  readonly clock: Clock;
  readonly timeouts: Endpoint["timeouts"];
  /** How far the connection has come. */
  readonly phase: () => Promise<Phase>;
  readonly expired: (phase: Phase, ms: number) => void;
};

/** ssh gives each address of a name the whole time: two may be tried. */
const addresses = 2;

const msOf = (phase: Phase, { connect, login }: Endpoint["timeouts"]): number => {
  if (phase === "connect") return addresses * connect;
  return phase === "banner" ? connect : login;
};

/** Bounds a login: it expires when the connection is in the same phase as long as that phase may take. */
export const limitLogin = ({ clock, timeouts, phase, expired }: Limiting): Limit => {
  let turn = 0;
  let cancel = (): void => undefined;
  const pause = (): void => {
    turn += 1;
    cancel();
  };
  const watch = (last: Phase): void => {
    pause();
    const mine = turn;
    const look = async (): Promise<void> => {
      const now = await phase();
      if (mine !== turn) return;
      if (now === last) expired(now, msOf(now, timeouts));
      else watch(now);
    };
    cancel = startDeadline(clock, msOf(last, timeouts), () => void look());
  };
  watch("connect");
  return { pause, resume: () => watch("login"), stop: pause };
};
