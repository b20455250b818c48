import { createServer, type Server, type Socket } from "node:net";
import { freePort } from "./sshd.ts";

/** Servers of a test that speak no SSH, or a little of it, on 127.1.0.1. */
export type Listeners = {
  /** Starts one; gives its port. `allowHalfOpen`: its side stays open when the client ends its own. */
  readonly serve: (greet: (socket: Socket) => void, options?: { readonly allowHalfOpen: boolean }) => Promise<number>;
  /** Ends all that were started since the last call, and their connections. */
  readonly stopAll: () => void;
};

export const openListeners = (): Listeners => {
  const started: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
  return {
    serve: async (greet, options = { allowHalfOpen: false }) => {
      const sockets = new Set<Socket>();
      const server = createServer(options, (socket) => {
        sockets.add(socket.on("error", () => undefined));
        greet(socket);
      });
      started.push({ server, sockets });
      const port = await freePort();
      await new Promise<void>((resolve) => server.listen(port, "127.1.0.1", resolve));
      return port;
    },
    stopAll: () => {
      for (const { server, sockets } of started.splice(0)) {
        server.close();
        for (const socket of sockets) socket.destroy();
      }
    },
  };
};
