import { setMaxListeners } from "node:events";
import type { Client } from "ssh2";
import type { Way } from "./way.ts";

/** One connection, from the open way to its end. */
export type Line = {
  readonly client: Client;
  readonly way: Way;
  /** Aborted when the connection is lost or closed; the reason is an Error. */
  readonly gone: AbortSignal;
  /** Ends everything at once, and gives back the file descriptors; may be called twice. */
  readonly destroy: () => void;
};

/**
 * An error of the library, of a socket or of the way; `level` says in which part it arose, `code` is the server's number
 * where it said goodbye by itself.
 */
export type SshError = Error & { readonly level?: string; readonly code?: string | number };

/** Watches a client and its way for their whole life: neither ever has an error without a listener. */
export const watchLine = (client: Client, way: Way, alsoClose: () => void): Line => {
  const end = new AbortController();
  // Every channel through a bastion listens.
  setMaxListeners(0, end.signal);
  const destroy = (): void => {
    end.abort(new Error("the connection was closed on this side"));
    way.lost?.removeEventListener("abort", onLost);
    try {
      client.end();
    } catch {
      // The polite goodbye is not needed.
    }
    way.close();
    alsoClose();
  };
  const lose = (error: SshError): void => {
    // The library goes on to the next key or method by itself.
    if (error.level === "agent" || error.level === "client-authentication") return;
    end.abort(error);
    destroy();
  };
  const onLost = (): void => {
    if (way.lost) lose(reasonOf(way.lost));
  };
  // What it throws at bytes that it cannot read has no level of its own.
  client.on("error", (error: SshError) => lose(Object.assign(error, { level: error.level ?? "protocol" })));
  way.stream.on("error", lose);
  way.stream.on("end", () => lose(new Error("the host closed the connection")));
  way.stream.on("close", () => lose(new Error("the connection was closed")));
  way.lost?.addEventListener("abort", onLost);
  if (way.lost?.aborted) onLost();
  return { client, way, gone: end.signal, destroy };
};

export const reasonOf = (gone: AbortSignal): SshError =>
  gone.reason instanceof Error ? gone.reason : new Error("the connection was lost");
