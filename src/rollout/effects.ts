import type { HostName, NonEmpty } from "../model/brand.ts";
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
  /** Milliseconds since 1970: for windows of time and for people, never for a deadline. */
  readonly wallClock: () => number;
  /** Runs a program on this machine: `before` and `after`, gates. Never throws. */
  readonly runLocal: (request: LocalRequest) => Promise<LocalResult>;
  /** Asks over HTTP: gates. Never throws. */
  readonly httpGet: (request: HttpRequest) => Promise<HttpResult>;
};

export type LocalRequest = {
  readonly argv: NonEmpty<string>;
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; the program and what it started are ended then. */
  readonly within: number;
  /** Ends it early. */
  readonly stop?: AbortSignal;
};

/** Output is capped; it is for people. */
export type LocalResult =
  | { readonly kind: "exited"; readonly status: number; readonly output: string }
  | { readonly kind: "failed"; readonly because: string };

export type HttpRequest = { readonly url: string; readonly within: number; readonly stop?: AbortSignal };

/** The body is capped; `failed` is no answer, in words. */
export type HttpResult =
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  | { readonly kind: "failed"; readonly because: string };

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
  /** Hosts are walked in an order that this seed repeats. */
  | { readonly kind: "shuffled"; readonly play: string; readonly seed: number }
  /** Milliseconds until the next batch. */
  | { readonly kind: "pause"; readonly wait: number }
  /** A gate is closed, and is looked at again for so many milliseconds; or it is open. */
  | { readonly kind: "gate"; readonly gate: string; readonly closed: string | undefined; readonly left: number }
  | { readonly kind: "hook"; readonly host: HostName; readonly when: "before" | "after"; readonly name: string }
  /** Contact was lost after something was sent: the host puts itself right within so many milliseconds. */
  | { readonly kind: "waiting"; readonly host: HostName; readonly because: Failure; readonly left: number }
  | { readonly kind: "reverting"; readonly host: HostName; readonly because: Failure }
  | { readonly kind: "applied"; readonly report: HostReport }
  | { readonly kind: "stopped"; readonly because: string };

export type OnProgress = (event: Progress) => void;
