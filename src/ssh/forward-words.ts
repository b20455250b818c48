import type { FailureCode } from "../model/failure.ts";

/** A bastion's answer when asked for a connection. `reason` is SSH's number. Source: RFC 4254, 5.1. */
export type RefusedForward = {
  readonly reason: number | undefined;
  readonly message: string;
  readonly address: string;
  readonly port: number;
};

const administrativelyProhibited = 1;
const connectFailed = 2;
const resourceShortage = 4;

export const forwardCode = ({ reason, message }: RefusedForward): FailureCode => {
  if (reason === resourceShortage) return "connection_lost_before_login";
  if (reason !== connectFailed) return "forward_refused";
  // The words are the system's, on the bastion: OpenSSH hands them on, others say nothing.
  if (/refused/i.test(message)) return "connection_refused";
  if (/timed out|timeout/i.test(message)) return "connect_timeout";
  return /not known|unknown host|resol|no address/i.test(message) ? "name_not_found" : "address_unreachable";
};

export const forwardDetail = ({ reason, message, address, port }: RefusedForward): string => {
  const said = message === "" ? "" : ` (it said: ${message})`;
  const target = `${address} port ${port}`;
  if (reason === administrativelyProhibited) return `it is not allowed to connect to ${target}${said}`;
  return `it could not connect to ${target}${said}`;
};
