import type { HostName } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/host.ts";
import type { HostReport } from "../model/outcome.ts";
import type { Clock, ConnectResult, Entrance } from "../remote/port.ts";

/** What the stages that touch hosts are given from outside. */
export type Effects = {
  readonly connect: (host: Host) => Promise<ConnectResult>;
  /** Called often, and without effect. */
  readonly entry: (host: Host) => Entrance;
  readonly clock: Clock;
  /** 32 hexadecimal digits from the system's random source, new at each call. */
  readonly nonce: () => string;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
};

/** Milliseconds that scripts may take on a host. */
export type Deadlines = { readonly gather: number; readonly apply: number };

/** What happens while hosts are walked: for progress, never for results. */
export type Progress =
  | { readonly kind: "gathered"; readonly host: HostName; readonly done: number; readonly of: number }
  | {
      readonly kind: "retrying";
      readonly host: HostName;
      /** The number of the try to come, from 2. */
      readonly attempt: number;
      readonly because: Failure;
      /** Milliseconds until then. */
      readonly wait: number;
    }
  | {
      readonly kind: "batch";
      readonly play: string;
      readonly number: number;
      readonly of: number;
      readonly hosts: number;
    }
  /** The host was told to reboot; milliseconds until it must be back. */
  | { readonly kind: "rebooting"; readonly host: HostName; readonly within: number }
  /** It answers in another boot, so many milliseconds after, and must stay in it for `stable`. */
  | { readonly kind: "back"; readonly host: HostName; readonly after: number; readonly stable: number }
  | { readonly kind: "stable"; readonly host: HostName; readonly after: number }
  | { readonly kind: "applied"; readonly report: HostReport }
  | { readonly kind: "stopped"; readonly because: string };

export type OnProgress = (event: Progress) => void;
