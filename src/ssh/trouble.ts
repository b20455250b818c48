import type { Failure, FailureCode } from "../model/failure.ts";
import type { Secret } from "../model/host.ts";
import { hide } from "./hide.ts";
import type { HostKeyVerdict } from "./host-key-verdict.ts";
import { fingerprint, type KnownHost, keyType, knownName } from "./known-hosts.ts";

/** How far a connection has come: TCP, the host's identification line, key exchange and login. */
export type Phase = "connect" | "banner" | "login";

/** Everything that can go wrong between here and a command's exit status. */
export type Trouble =
  | { readonly kind: "socket"; readonly code: string; readonly message: string }
  | { readonly kind: "deadline"; readonly phase: Phase; readonly ms: number }
  | { readonly kind: "closed"; readonly phase: Phase; readonly message: string }
  | { readonly kind: "protocol"; readonly message: string }
  | {
      readonly kind: "host_key";
      readonly verdict: HostKeyVerdict;
      readonly key: Uint8Array;
      readonly address: string;
      readonly port: number;
      readonly files: readonly string[];
      /** Why a new key could not be stored. */
      readonly because?: string;
    }
  | {
      readonly kind: "login";
      readonly user: string;
      readonly tried: readonly string[];
      readonly unusable: readonly string[];
      readonly accepted: readonly string[];
      readonly message?: string;
    }
  | { readonly kind: "script_deadline"; readonly ms: number }
  | { readonly kind: "no_prompt"; readonly ms: number; readonly answered: boolean }
  | { readonly kind: "prompted_again" }
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
    case "host_key":
      return failure(hostKeyCode(trouble.verdict), hostKeyDetail(trouble));
    case "login":
      return failure(
        trouble.tried.length === 0 && trouble.unusable.length > 0 ? "key_unusable" : "login_refused",
        loginDetail(trouble),
      );
    case "script_deadline":
      return failure("script_deadline", `the script had not ended after ${trouble.ms} ms`);
    case "no_prompt":
      return failure(
        "become_stalled",
        `${trouble.answered ? "no answer to the password" : "neither a prompt nor a start"} within ${trouble.ms} ms`,
      );
    case "prompted_again":
      return failure("become_refused", "the password was not accepted");
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
  login: "connected, but no login",
};

const closedAt: Record<Phase, string> = {
  connect: "while connecting",
  banner: "before the host said that it speaks SSH (too many connections at once, or a filter, can cause this)",
  login: "before the login was done",
};

const socketCode = (code: string): FailureCode => {
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "name_not_found";
  if (code === "ECONNREFUSED") return "connection_refused";
  if (code === "ETIMEDOUT") return "connect_timeout";
  if (code === "ECONNRESET" || code === "EPIPE") return "connection_lost_before_login";
  // Our own lack of files, not the host's fault.
  if (code === "EMFILE" || code === "ENFILE") return "no_file_descriptor";
  return "address_unreachable";
};

const hostKeyCode = (verdict: HostKeyVerdict): FailureCode => {
  switch (verdict.kind) {
    case "changed":
      return "host_key_changed";
    case "revoked":
      return "host_key_revoked";
    case "known":
    case "unknown":
      return "host_key_unknown";
  }
};

const place = ({ file, line }: KnownHost): string => `${file}:${line}`;

const hostKeyDetail = ({ verdict, key, address, port, files, because }: Trouble & { kind: "host_key" }): string => {
  const name = knownName(address, port);
  const shown = `${name} shows the ${keyType(key) ?? "odd"} key ${fingerprint(key)}`;
  switch (verdict.kind) {
    case "changed":
      return `${shown}, but ${place(verdict.entry)} has another one: find out why, and only then remove that line (ssh-keygen -R '${name}' -f ${verdict.entry.file})`;
    case "revoked":
      return `${shown}, which ${place(verdict.entry)} revokes`;
    case "known":
    case "unknown":
      return because === undefined
        ? `${shown}, and no line for it in ${files.join(", ")}: compare the fingerprint with the host's own, then add it (--accept-new-host-keys)`
        : `${shown}, which could not be added: ${because}`;
  }
};

const loginDetail = ({ user, tried, unusable, accepted, message }: Trouble & { kind: "login" }): string =>
  [
    tried.length > 0 ? `${user} was refused with ${tried.join(", ")}` : `there was nothing to log in with as ${user}`,
    ...(accepted.length > 0 ? [`the host would take ${accepted.join(", ")}`] : []),
    ...(message === undefined ? [] : [`it said: ${message}`]),
    ...unusable,
  ].join("; ");
