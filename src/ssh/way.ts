import type { Duplex } from "node:stream";
import type { Trouble } from "./trouble.ts";

/** An open way for bytes to one server: a socket, a channel through a bastion, or a command's standard streams. */
export type Way = {
  readonly stream: Duplex;
  /** Aborted when what carries the stream is lost; the reason is an Error. Undefined: the stream stands by itself. */
  readonly lost: AbortSignal | undefined;
  /** Ends it at once, and gives back what it holds; may be called twice. */
  readonly close: () => void;
};

export type OpenedWay =
  | { readonly kind: "open"; readonly way: Way }
  | { readonly kind: "trouble"; readonly trouble: Trouble };
