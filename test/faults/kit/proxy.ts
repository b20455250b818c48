import { connect, createServer, type Socket } from "node:net";

/**
 * `cut`: open connections and new ones are reset. `silent`: nothing comes through any more, and nobody says so; what was
 * sent comes when the way is open again, as after a network's trouble.
 */
export type Way = "open" | "cut" | "silent";

export type Proxy = {
  readonly port: number;
  readonly turn: (way: Way) => void;
  /** Resets the connection, once, that has brought so many bytes more from the client. */
  readonly cutAfter: (bytes: number) => void;
  /** Connections that came so far. */
  readonly count: () => number;
  readonly close: () => void;
};

/** A way to a server, at `address`, on a free port. */
export const startProxy = async (
  onward: { readonly address: string; readonly port: number },
  address: string,
): Promise<Proxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  let way: Way = "open";
  let count = 0;
  let left = Number.POSITIVE_INFINITY;
  const server = createServer((client) => {
    count += 1;
    const host = connect(onward.port, onward.address);
    const pair = [client, host] as const;
    const end = (): void => {
      pairs.delete(pair);
      for (const one of pair) one.destroy();
    };
    pairs.add(pair);
    for (const one of pair) one.on("error", end).on("close", end);
    client.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) cut(pair);
    });
    client.pipe(host).pipe(client);
    obey(pair);
  });
  const cut = (pair: readonly [Socket, Socket]): void => {
    left = Number.POSITIVE_INFINITY;
    pair[0].resetAndDestroy();
    pair[1].destroy();
  };
  const obey = (pair: readonly [Socket, Socket]): void => {
    if (way === "cut") cut(pair);
    for (const one of pair) {
      if (way === "silent") one.pause();
      else one.resume();
    }
  };
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as { readonly port: number }).port,
    turn: (to) => {
      way = to;
      for (const pair of pairs) obey(pair);
    },
    cutAfter: (bytes) => {
      left = bytes;
    },
    count: () => count,
    close: () => {
      server.close();
      for (const [client, host] of pairs) for (const one of [client, host]) one.destroy();
    },
  };
};
