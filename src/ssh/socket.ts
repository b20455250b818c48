import { connect, type Socket } from "node:net";
import type { Clock } from "../remote/port.ts";
import { startDeadline } from "./deadline.ts";
import type { Trouble } from "./trouble.ts";

export type Target = { readonly address: string; readonly port: number };

export type OpenSocket =
  | { readonly kind: "open"; readonly socket: Socket }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

/** A TCP connection, within `ms` milliseconds, looking up the name included. The socket is paused. */
export const openSocket = ({ address, port }: Target, ms: number, clock: Clock): Promise<OpenSocket> =>
  new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      // Node gives each address of a name 250 ms only: too little for a host in trouble, and too much of the whole for a dead one.
      autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(ms / 2)),
    });
    const fail = (trouble: Trouble): void => {
      cancel();
      socket.destroy();
      resolve({ kind: "trouble", trouble });
    };
    const cancel = startDeadline(clock, ms, () => fail({ kind: "deadline", phase: "connect", ms }));
    // Stays for the socket's life: an error without a listener would end the process.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      fail({ kind: "socket", code: error.code ?? "", message: error.message || String(error.code) }),
    );
    socket.once("connect", () => {
      cancel();
      socket.pause();
      resolve({ kind: "open", socket });
    });
  });
