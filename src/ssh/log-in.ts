import type { Socket } from "node:net";
import type { AuthHandlerMiddleware, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import type { ConnectOptions } from "./connect-options.ts";
import { startDeadline } from "./deadline.ts";
import type { HostKeyCheck } from "./host-key-check.ts";
import { ignoreHostKeyOffers } from "./host-key-offers.ts";
import { orderAlgorithms } from "./host-key-verdict.ts";
import { type Line, reasonOf } from "./line.ts";
import type { LoginAttempts } from "./login-attempts.ts";
import type { Phase, Trouble } from "./trouble.ts";

type Login = ConnectOptions & {
  readonly line: Line;
  readonly check: HostKeyCheck;
  readonly attempts: LoginAttempts;
};

/** From an open socket to a login; gives undefined, or what stood in the way. */
export const logIn = (login: Login): Promise<Trouble | undefined> =>
  new Promise((resolve) => {
    const { line, timeouts, clock, check } = login;
    const settle = (trouble: Trouble | undefined): void => {
      cancel();
      line.gone.removeEventListener("abort", onGone);
      resolve(trouble);
    };
    let phase: Phase = "banner";
    const waitAtMost = (ms: number): (() => void) =>
      startDeadline(clock, ms, () => settle({ kind: "deadline", phase, ms }));
    const onGone = (): void => settle(check.refusal() ?? lostIn(phase, login));

    let cancel = waitAtMost(timeouts.connect);
    line.gone.addEventListener("abort", onGone);
    onIdentification(line.socket, () => {
      cancel();
      phase = "login";
      cancel = waitAtMost(timeouts.login);
    });
    line.client.once("ready", () => settle(undefined));
    line.client.once("handshake", check.store);
    try {
      line.client.connect(clientConfig(login, settle));
      ignoreHostKeyOffers(line.client);
    } catch (error) {
      // The library throws on options that it does not take, such as algorithms that this build of Node lacks.
      settle({ kind: "protocol", message: String(error) });
    }
  });

const clientConfig = (login: Login, giveUp: (trouble: Trouble) => void): ConnectConfig => ({
  sock: login.line.socket,
  username: login.user,
  readyTimeout: 0,
  // A connection that is kept and died is noticed within a minute.
  keepaliveInterval: 15_000,
  keepaliveCountMax: 3,
  algorithms: {
    serverHostKey: orderAlgorithms(login.hostKeys.find(login.address, login.port), hostKeyAlgorithms),
  },
  hostVerifier: login.check.verify,
  authHandler: authHandler(login, giveUp),
});

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

/** Asked for the first attempt and after each that was refused; `methods` is null at first. */
const authHandler =
  (login: Login, giveUp: (trouble: Trouble) => void): AuthHandlerMiddleware =>
  (methods: readonly string[] | null, _partial, next) => {
    const proceed = (trouble: Trouble | undefined): void => {
      if (login.line.gone.aborted) return;
      const attempt = trouble ? undefined : login.attempts.next(methods ?? undefined);
      if (attempt) next(attempt);
      else giveUp(trouble ?? refused(login, methods ?? []));
    };
    // The library throws on keys and signatures that it cannot write.
    const fail = (error: unknown): void => giveUp({ kind: "protocol", message: String(error) });
    login.check.stored().then(proceed).catch(fail);
  };

const refused = ({ user, attempts, identity }: Login, accepted: readonly string[], message?: string): Trouble => ({
  ...{ kind: "login", user, accepted, tried: attempts.tried(), unusable: identity.unusable },
  ...(message === undefined ? {} : { message }),
});

const lostIn = (phase: Phase, login: Login): Trouble => {
  const { message, level } = reasonOf(login.line.gone);
  if (level === "handshake") return { kind: "protocol", message };
  // sshd says so and closes, for instance after too many keys.
  if (login.attempts.tried().length > 0 && /authentication fail/i.test(message)) return refused(login, [], message);
  return { kind: "closed", phase, message };
};

/** Calls back when the host has said `SSH-`, which may come after lines of other text. */
const onIdentification = (socket: Socket, seen: () => void): void => {
  let text = "";
  const look = (chunk: Buffer): void => {
    text = (text + chunk.toString("latin1")).slice(-longestLine);
    if (!/^SSH-/m.test(text)) return;
    socket.off("data", look);
    seen();
  };
  // The socket is paused until the library reads from it, too: no byte is lost to it.
  socket.on("data", look);
};

const longestLine = 8192;
