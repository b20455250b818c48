import type { Socket } from "node:net";
import type { Client } from "ssh2";

/** One connection, from the TCP connect to its end. */
export type Line = {
  readonly client: Client;
  readonly socket: Socket;
  /** Aborted when the connection is lost or closed; the reason is an Error. */
  readonly gone: AbortSignal;
  /** Ends everything at once, and gives back the file descriptors; may be called twice. */
  readonly destroy: () => void;
};

/** An error of the library: `level` says in which part it arose. */
export type SshError = Error & { readonly level?: string };

/** Watches a client and its socket for their whole life: neither ever has an error without a listener. */
export const watchLine = (client: Client, socket: Socket, alsoClose: () => void): Line => {
  const end = new AbortController();
  const destroy = (): void => {
    end.abort(new Error("the connection was closed on this side"));
    try {
      client.end();
    } catch {
      // The polite goodbye is not needed.
    }
    socket.destroy();
    alsoClose();
  };
  const lose = (error: SshError): void => {
    // The library goes on to the next key or method by itself.
    if (error.level === "agent" || error.level === "client-authentication") return;
    end.abort(error);
    destroy();
  };
  client.on("error", lose);
  socket.on("error", lose);
  socket.on("end", () => lose(new Error("the host closed the connection")));
  socket.on("close", () => lose(new Error("the connection was closed")));
  return { client, socket, gone: end.signal, destroy };
};

export const reasonOf = (gone: AbortSignal): SshError =>
  gone.reason instanceof Error ? gone.reason : new Error("the connection was lost");
