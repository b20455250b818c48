import type { Failure, FailureCode } from "../model/failure.ts";
import { hide } from "../model/hide.ts";
import type { Secret } from "../model/host.ts";
import { forwardCode, forwardDetail, type RefusedForward } from "./forward-words.ts";
import { hostKeyCode, hostKeyDetail, type RefusedKey } from "./host-key-words.ts";
import { isOutOfFiles } from "./start-process.ts";

/** How far a connection has come: TCP, the host's identification line, key exchange, authentication. */
export type Phase = "connect" | "banner" | "handshake" | "login";

/** Everything that can go wrong between here and a command's exit status. */
export type Trouble =
  | { readonly kind: "socket"; readonly code: string; readonly message: string }
  | { readonly kind: "deadline"; readonly phase: Phase; readonly ms: number }
  | { readonly kind: "closed"; readonly phase: Phase; readonly message: string }
  | { readonly kind: "protocol"; readonly message: string }
  /** On the way: a server that others are reached through. */
  | { readonly kind: "bastion"; readonly name: string; readonly trouble: Trouble }
  /** A bastion's answer when asked for a connection. */
  | ({ readonly kind: "forward" } & RefusedForward)
  | { readonly kind: "proxy"; readonly message: string }
  | ({ readonly kind: "host_key" } & RefusedKey)
  | {
      readonly kind: "login";
      readonly user: string;
      readonly tried: readonly string[];
      readonly unusable: readonly string[];
      readonly accepted: readonly string[];
      /** How the connection ended, where the host ended it. */
      readonly message?: string;
    }
  | { readonly kind: "script_deadline"; readonly ms: number }
  | { readonly kind: "flood"; readonly stream: "stdout" | "stderr"; readonly cap: number }
  | { readonly kind: "lost"; readonly message: string }
  | { readonly kind: "not_started"; readonly message: string }
  | { readonly kind: "no_status"; readonly signal: string | undefined };

type About = {
  /** May the host have been changed? */
  readonly sent: boolean;
  /** All that the host was sent and nobody may read. */
  readonly secrets: readonly Secret[];
};

/** The one place where trouble becomes a failure with its code, and where the host's words lose our secrets. */
export const failureOf = (trouble: Trouble, { sent, secrets }: About): Failure => {
  const failure = (code: FailureCode, detail: string): Failure => ({ code, detail: hide(detail, secrets), sent });
  switch (trouble.kind) {
    case "socket":
      return failure(socketCode(trouble.code), trouble.message);
    case "deadline":
      return failure(`${trouble.phase}_timeout`, `${waits[trouble.phase]} within ${trouble.ms} ms`);
    case "closed":
      return failure("connection_lost_before_login", `${trouble.message}, ${closedAt[trouble.phase]}`);
    case "protocol":
      return failure("protocol_error", trouble.message);
    case "bastion": {
      const { code, detail } = failureOf(trouble.trouble, { sent, secrets });
      return failure(code, `bastion ${trouble.name}: ${detail}`);
    }
    case "forward":
      return failure(forwardCode(trouble), forwardDetail(trouble));
    case "proxy":
      return failure("proxy_failed", trouble.message);
    case "host_key":
      return failure(hostKeyCode(trouble.verdict), hostKeyDetail(trouble));
    case "login":
      return failure(
        trouble.tried.length === 0 && trouble.unusable.length > 0 ? "key_unusable" : "login_refused",
        loginDetail(trouble),
      );
    case "script_deadline":
      return failure("script_deadline", `the script had not ended after ${trouble.ms} ms`);
    case "flood":
      return failure("output_flood", `more than ${trouble.cap} bytes on ${trouble.stream}`);
    case "lost":
      return failure("connection_lost", trouble.message);
    case "not_started":
      return failure("script_failed", `the host did not start the command: ${trouble.message}`);
    case "no_status":
      return failure(
        "no_exit_status",
        trouble.signal === undefined
          ? "the command ended without an exit status"
          : `the command was ended by ${trouble.signal}`,
      );
  }
};

const waits: Record<Phase, string> = {
  connect: "no connection",
  banner: "connected, but no SSH identification",
  handshake: "the host says that it speaks SSH, but exchanged no keys",
  login: "keys were exchanged, but no login",
};

const closedAt: Record<Phase, string> = {
  connect: "while connecting",
  banner: "before the host said that it speaks SSH",
  handshake: "before keys were exchanged",
  login: "before the login was done",
};

const socketCode = (code: string): FailureCode => {
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "name_not_found";
  if (code === "ECONNREFUSED") return "connection_refused";
  if (code === "ETIMEDOUT") return "connect_timeout";
  if (code === "ECONNRESET" || code === "EPIPE") return "connection_lost_before_login";
  if (isOutOfFiles(code)) return "no_file_descriptor";
  return "address_unreachable";
};

const loginDetail = ({ user, tried, unusable, accepted, message }: Trouble & { kind: "login" }): string =>
  [
    tried.length > 0 ? `${user} was refused with ${tried.join(", ")}` : `there was nothing to log in with as ${user}`,
    ...(accepted.length > 0 ? [`the host would take ${accepted.join(", ")}`] : []),
    ...(message === undefined ? [] : [message]),
    ...unusable,
  ].join("; ");
