import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from "ssh2";
import type { Child } from "./children.ts";

export type ServerRequest = {
  readonly hostKey: string;
  /** The one key that may log in, and as whom. */
  readonly clientKey: ParsedKey;
  readonly user: string;
  /** Starts a line of shell, or a login shell where there is none; undefined where the host can take no more. */
  readonly start: (line: string | undefined) => Child | undefined;
  readonly kill: (child: Child) => void;
  /** Runs when a child has ended, before its exit status is sent. */
  readonly settle: () => Promise<void>;
};

/** One SSH server on a free port of 127.0.0.1. */
export type SshServer = {
  readonly port: number;
  /** While off, connections are cut and new ones too; the port stays ours. */
  readonly turn: (on: boolean) => void;
  readonly close: () => Promise<void>;
};

const loginWithin = 20_000;

export const startServer = async (request: ServerRequest): Promise<SshServer> => {
  const sockets = new Set<Socket>();
  let on = true;
  const ssh = new ssh2.Server({ hostKeys: [request.hostKey], ident: "ctfleet-lab" }, (connection) =>
    serve(connection, request),
  );
  // The sockets are ours, so that they can be cut without the peer's consent.
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    if (!on) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    turn: (now) => {
      on = now;
      if (!on) cut();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
};

const serve = (connection: Connection, request: ServerRequest): void => {
  const deadline = setTimeout(() => connection.end(), loginWithin);
  connection.once("close", () => clearTimeout(deadline));
  // Without a listener a peer that resets would end the whole fleet.
  connection.on("error", () => undefined);
  connection.on("authentication", (attempt) => {
    if (isWelcome(attempt, request)) attempt.accept();
    else attempt.reject(["publickey"]);
  });
  connection.on("ready", () => {
    clearTimeout(deadline);
    connection.on("session", (accept) => {
      const session = accept();
      session.on("exec", (take, refuse, { command }) => run(connection, request, { take, refuse, line: command }));
      session.on("shell", (take, refuse) => run(connection, request, { take, refuse, line: undefined }));
    });
  });
};

/** A question whether the key would do has no signature yet. */
const isWelcome = (attempt: AuthContext, { user, clientKey }: ServerRequest): boolean => {
  if (attempt.method !== "publickey" || attempt.username !== user) return false;
  if (!attempt.key.data.equals(clientKey.getPublicSSH())) return false;
  if (attempt.signature === undefined || attempt.blob === undefined) return true;
  // An Error where the signature is no signature at all, whatever the types say.
  const verdict: unknown = clientKey.verify(attempt.blob, attempt.signature, attempt.hashAlgo);
  return verdict === true;
};

type Asked = { readonly take: () => ServerChannel; readonly refuse: () => void; readonly line: string | undefined };

const run = (connection: Connection, request: ServerRequest, { take, refuse, line }: Asked): void => {
  const child = request.start(line);
  if (child === undefined) {
    // A client that wants no reply gets no way to refuse.
    (refuse as (() => void) | undefined)?.();
    return;
  }
  const channel = take();
  const kill = () => request.kill(child);
  connection.once("close", kill);
  channel.once("close", kill);
  // Either side may go first; the other one is told by `close`.
  for (const stream of [child, child.stdin, child.stdout, child.stderr, channel]) stream.on("error", () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.once("close", (status, signal) => {
    // What it has left behind on purpose lives on, as on any host.
    for (const end of [connection, channel]) end.removeListener("close", kill);
    // The folder may be on its way out; the status is told all the same.
    void request
      .settle()
      .catch(() => undefined)
      .then(() => finish(channel, status, signal));
  });
};

const finish = (channel: ServerChannel, status: number | null, signal: NodeJS.Signals | null): void => {
  if (signal === null) channel.exit(status === null || status < 0 ? 255 : status);
  else channel.exit(signal.replace(/^SIG/, ""));
  channel.end();
};
