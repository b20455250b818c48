import { connect } from "node:net";
import type { Clock } from "../../remote/port.ts";
import { startDeadline } from "../deadline.ts";

/** Our own line to a master, beside those of the commands. Source: PROTOCOL.mux in OpenSSH. */
export type Control = {
  /** Resolves when the master is gone. */
  readonly ended: Promise<void>;
  /** Does the master answer? */
  readonly isAlive: () => Promise<boolean>;
  /** Asks the master to end its connection and itself, with all that run over it. */
  readonly terminate: () => void;
};

const hello = { type: 1, version: 4 };
const ask = { alive: 0x10000004, terminate: 0x10000005 };

/** Milliseconds: the master is a process of this machine. */
const patience = 5000;

/**
 * Connects to a master's socket. As long as this line stands the master stays; when ctfleet is killed the kernel closes
 * it, and the master's own time begins to run.
 */
export const openControl = (path: string, clock: Clock): Promise<Control | undefined> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const cancel = startDeadline(clock, patience, () => socket.destroy());
    let answers: (() => void)[] = [];
    const ended = new Promise<void>((end) => socket.once("close", () => end()));
    socket.on("error", () => resolve(undefined));
    socket.on("data", () => {
      for (const answered of answers.splice(0)) answered();
    });
    const isAlive = (): Promise<boolean> =>
      new Promise((tell) => {
        const cancel = startDeadline(clock, patience, () => tell(false));
        const settle = (alive: boolean): void => {
          cancel();
          tell(alive);
        };
        answers = [...answers, () => settle(true)];
        void ended.then(() => settle(false));
        socket.write(packet(ask.alive, 1));
      });
    const terminate = (): void => {
      socket.end(packet(ask.terminate, 2));
    };
    // The master speaks first: what it says is its hello, and an answer to nothing.
    socket.once("data", () => {
      cancel();
      resolve({ ended, isAlive, terminate });
    });
    socket.once("connect", () => socket.write(packet(hello.type, hello.version)));
    void ended.then(() => {
      cancel();
      resolve(undefined);
    });
  });

const packet = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  [4 * numbers.length, ...numbers].forEach((number, at) => bytes.writeUInt32BE(number, 4 * at));
  return bytes;
};
