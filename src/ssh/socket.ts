import { connect, isIPv4, type Socket } from "node:net";
import { isNonEmpty, type NonEmpty } from "../model/brand.ts";
import type { Clock } from "../remote/port.ts";
import type { Endpoint } from "./connect-options.ts";
import { startDeadline } from "./deadline.ts";
import type { NameLookup } from "./name-lookup.ts";
import type { OpenedWay } from "./way.ts";

type Effects = { readonly lookUp: NameLookup; readonly clock: Clock };

/** A TCP connection to the first address of the name that answers. The stream is paused. */
export const openSocket = async (to: Endpoint, { lookUp, clock }: Effects): Promise<OpenedWay> => {
  const { address, port, family, bindAddress } = to;
  const ms = to.timeouts.connect;
  const found = await lookUp(address, family, ms);
  if (found.kind === "trouble") return found;
  const from = bindAddress === undefined ? undefined : await lookUp(bindAddress, family, ms);
  if (from?.kind === "trouble") return from;
  const dials = found.addresses.flatMap((host): Dial[] => {
    if (from === undefined) return [{ host, port }];
    const localAddress = from.addresses.find((one) => isIPv4(one) === isIPv4(host));
    return localAddress === undefined ? [] : [{ host, port, localAddress }];
  });
  if (isNonEmpty(dials)) return race(dials, ms, clock);
  const message = `${address} has no address that ${String(bindAddress)} can reach`;
  return { kind: "trouble", trouble: { kind: "socket", code: "EADDRNOTAVAIL", message } };
};

type Dial = { readonly host: string; readonly port: number; readonly localAddress?: string };

/** Milliseconds before the next address is tried beside one that is silent: the first retransmission has gone out by then. */
const headStart = 1200;

/** Tries each address in order, the next when one fails or is silent for a while; the first that answers is taken. */
const race = (dials: NonEmpty<Dial>, ms: number, clock: Clock): Promise<OpenedWay> =>
  new Promise((resolve) => {
    const left = [...dials];
    const failures: NodeJS.ErrnoException[] = [];
    const racing = new Set<Socket>();
    let cancelNext = (): void => undefined;
    let settled = false;
    const settle = (result: OpenedWay): void => {
      settled = true;
      cancel();
      cancelNext();
      resolve(result);
      for (const socket of racing) socket.destroy();
    };
    const startNext = (): void => {
      cancelNext();
      const dial = left.shift();
      if (dial === undefined) return;
      const socket = connect({ ...dial, noDelay: true, keepAlive: true });
      racing.add(socket);
      // Stays for the socket's life: an error without a listener would end the process.
      socket.on("error", (error) => {
        if (settled) return;
        racing.delete(socket);
        failures.push(error);
        if (left.length > 0) startNext();
        else if (racing.size === 0) settle(failed(failures));
      });
      socket.once("connect", () => {
        racing.delete(socket);
        socket.pause();
        settle({ kind: "open", way: { stream: socket, lost: undefined, close: () => socket.destroy() } });
      });
      if (left.length > 0) cancelNext = startDeadline(clock, headStart, startNext);
    };
    const cancel = startDeadline(clock, ms, () =>
      settle({ kind: "trouble", trouble: { kind: "deadline", phase: "connect", ms } }),
    );
    startNext();
  });

/** The most telling of the failures: a host that refuses is there, and a machine without sockets says nothing of it. */
const failed = (failures: readonly NodeJS.ErrnoException[]): OpenedWay => {
  const codes = failures.map(({ code }) => code ?? "");
  const code = tellingFirst.find((one) => codes.includes(one)) ?? codes[0] ?? "";
  const message = failures.map((error) => wordsOf(error)).join("; ");
  return { kind: "trouble", trouble: { kind: "socket", code, message } };
};

const tellingFirst = ["EMFILE", "ENFILE", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT"];

const wordsOf = ({ code, message }: NodeJS.ErrnoException): string => {
  const words = message === "" ? String(code) : message;
  // What the kernel says of a scoped address whose link is not there.
  return code === "EINVAL" && words.includes("%") ? `${words} (is there such an interface?)` : words;
};
