import type { Algorithms, AuthHandlerMiddleware, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import type { Clock } from "../remote/port.ts";
import type { Endpoint } from "./connect-options.ts";
import { startDeadline } from "./deadline.ts";
import { readGreeting } from "./greeting.ts";
import type { HostKeyCheck } from "./host-key-check.ts";
import { ignoreHostKeyOffers } from "./host-key-offers.ts";
import { type HostEntries, orderAlgorithms } from "./host-key-verdict.ts";
import type { Line } from "./line.ts";
import type { LoginAttempts } from "./login-attempts.ts";
import { lostIn } from "./lost.ts";
import type { Phase, Trouble } from "./trouble.ts";

type Login = Endpoint & {
  readonly clock: Clock;
  readonly line: Line;
  readonly check: HostKeyCheck;
  readonly attempts: LoginAttempts;
};

/** From an open way to a login; gives undefined, or what stood in the way. */
export const logIn = (login: Login): Promise<Trouble | undefined> =>
  new Promise((resolve) => {
    const { line, timeouts, clock, check, attempts } = login;
    let banner = "";
    let accepted: readonly string[] = [];
    const settle = (trouble: Trouble | undefined): void => {
      wait.end();
      line.gone.removeEventListener("abort", onGone);
      resolve(trouble);
    };
    const wait = phases(clock, (phase, ms) => settle({ kind: "deadline", phase, ms }));
    const onGone = (): void => {
      const said = { greeting: greeting.words(), identification: greeting.identification(), banner };
      const lost = lostIn({ ...said, phase: wait.phase(), tried: attempts.tried().length > 0 }, line);
      settle(check.refusal() ?? (lost.kind === "refused" ? refused(login, accepted, lost.message) : lost));
    };

    const greeting = readGreeting(line.way.stream, () => wait.enter("handshake", timeouts.login));
    wait.enter("banner", timeouts.connect);
    line.gone.addEventListener("abort", onGone);
    if (line.gone.aborted) {
      onGone();
      return;
    }
    line.client.on("banner", (text) => {
      banner = text.trim().slice(0, mostWords);
    });
    line.client.once("ready", () => settle(undefined));
    line.client.once("handshake", check.store);
    const verify: HostKeyCheck["verify"] = (key, answer) => {
      // A person may be asked: that takes its time.
      wait.enter("handshake", longestQuestion);
      check.verify(key, (accept) => {
        if (line.gone.aborted) return;
        wait.enter("handshake", timeouts.login);
        answer(accept);
      });
    };
    const authHandler = attemptsInTurn(login, settle, (methods) => {
      accepted = methods ?? [];
      if (wait.phase() !== "login") wait.enter("login", timeouts.login);
    });
    try {
      line.client.connect(clientConfig({ ...login, verify, authHandler }));
      ignoreHostKeyOffers(line.client);
    } catch (error) {
      // The library throws on options that it does not take, such as algorithms that this build of Node lacks.
      settle({ kind: "protocol", message: String(error) });
    }
  });

/** Characters of a host's banner that a failure shows. */
const mostWords = 200;
/** Milliseconds for a person to compare a fingerprint, others' questions before it included. */
const longestQuestion = 600_000;

type Wait = {
  readonly phase: () => Phase;
  /** Into this phase, which may take so many milliseconds from now. */
  readonly enter: (phase: Phase, ms: number) => void;
  readonly end: () => void;
};

const phases = (clock: Clock, expired: (phase: Phase, ms: number) => void): Wait => {
  let now: Phase = "banner";
  let cancel = (): void => undefined;
  const enter = (phase: Phase, ms: number): void => {
    cancel();
    now = phase;
    cancel = startDeadline(clock, ms, () => expired(phase, ms));
  };
  return { phase: () => now, enter, end: () => cancel() };
};

type Session = Login & { readonly verify: HostKeyCheck["verify"]; readonly authHandler: AuthHandlerMiddleware };

const clientConfig = ({ line, user, keepAlive, hostKeys, verify, authHandler, ...host }: Session): ConnectConfig => ({
  sock: line.way.stream,
  username: user,
  readyTimeout: 0,
  keepaliveInterval: keepAlive.interval,
  keepaliveCountMax: keepAlive.countMax,
  algorithms: offered(host, hostKeys.find(host)),
  hostVerifier: verify,
  authHandler,
});

/** What the configuration says nothing of is left to the library. */
const offered = ({ algorithms }: Pick<Endpoint, "algorithms">, known: HostEntries): Algorithms => {
  const { kex, ciphers, macs, hostKeys } = algorithms ?? {};
  return {
    serverHostKey: orderAlgorithms(known, hostKeys ?? hostKeyAlgorithms),
    ...(kex && { kex: [...kex] }),
    ...(ciphers && { cipher: [...ciphers] }),
    ...(macs && { hmac: [...macs] }),
  };
};

// The library's own defaults, written out because it takes an order only as a whole list.
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
];

type Accepted = readonly string[] | undefined;

/** Asked for the first attempt and after each that was refused; the methods are null at first. */
const attemptsInTurn =
  (login: Login, giveUp: (trouble: Trouble) => void, asked: (methods: Accepted) => void): AuthHandlerMiddleware =>
  (methods: readonly string[] | null, _partial, next) => {
    const accepted = methods ?? undefined;
    const proceed = (trouble: Trouble | undefined): void => {
      if (login.line.gone.aborted) return;
      asked(accepted);
      const attempt = trouble ? undefined : login.attempts.next(accepted);
      if (attempt) next(attempt);
      else giveUp(trouble ?? refused(login, accepted ?? []));
    };
    // The library throws on keys and signatures that it cannot write.
    const fail = (error: unknown): void => giveUp({ kind: "protocol", message: String(error) });
    login.check.stored().then(proceed).catch(fail);
  };

const refused = ({ user, attempts, identity }: Login, accepted: readonly string[], message?: string): Trouble => ({
  ...{ kind: "login", user, accepted, tried: attempts.tried(), unusable: identity.unusable },
  ...(message === undefined ? {} : { message }),
});
