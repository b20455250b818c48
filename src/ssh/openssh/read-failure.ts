import type { Failure, FailureCode } from "../../model/failure.ts";
import { failureOf, type Phase, type Trouble } from "../trouble.ts";
import { hostKeyFailure } from "./read-host-key.ts";
import { isProxied, type Log, phaseOf, readLog } from "./read-log.ts";
import { loginTrouble } from "./read-login.ts";

type Why = Pick<Failure, "code" | "detail">;

/** Why the program did not connect: from its log and from what else came on its standard error. */
export const connectFailure = (log: Log, stderr: string): Why => {
  const own = whyIn({ ...log, all: [...warningsIn(stderr), ...log.all] });
  if (!isProxied(log) || phaseOf(log) !== "banner") return own ?? otherwise(log, stderr);
  // Then the proxy knows more: a bastion's own ssh speaks there, or whatever program the user has.
  const words = readLog(stderr);
  const unanswered = words.plain.find((line) => line.startsWith(unansweredMark));
  if (unanswered !== undefined) return noAnswer(unanswered.slice(unansweredMark.length));
  const onTheWay = whyIn(words);
  if (onTheWay) return { ...onTheWay, detail: `on the way there: ${onTheWay.detail}` };
  if (own && own.code !== "connection_lost_before_login") return own;
  return {
    code: "proxy_failed",
    detail: words.plain.join("; ").slice(-1000) || "the proxy command ended without a word",
  };
};

/** Why a login on the way was given up: it takes more than keys (askpass.sh). */
export const noAnswer = (question: string): Why => ({
  code: "login_refused",
  detail: `on the way there: a bastion asks "${question.trim()}", and only keys are used there`,
});

/** What it says of its own arguments comes before everything, so that no host or proxy can have said it. */
const warningsIn = (stderr: string): string[] => {
  const lines = stderr.split(/\r?\n/);
  const other = lines.findIndex((line) => !line.startsWith("Warning: Identity file "));
  return lines.slice(0, other);
};

const whyIn = (log: Log): Why | undefined => {
  for (const { pattern, read } of rules) {
    const line = log.plain.findLast((one) => pattern.test(one));
    if (line !== undefined) return read(line, log);
  }
  return undefined;
};

/** Of its configuration, for instance. */
const otherwise = ({ plain }: Log, stderr: string): Why => {
  const words = [...plain, ...readLog(stderr).plain].join("; ").slice(-1000);
  return { code: "protocol_error", detail: words === "" ? "ssh ended without saying why" : `ssh says: ${words}` };
};

const unansweredMark = "ctfleet: no answer to: ";

type Rule = { readonly pattern: RegExp; readonly read: (line: string, log: Log) => Why };

const why = (trouble: Trouble): Why => failureOf(trouble, { sent: false, secrets: [] });
const as =
  (code: FailureCode): Rule["read"] =>
  (line) => ({ code, detail: line });
const timeout =
  (phase: Phase): Rule["read"] =>
  (line) => ({ code: `${phase}_timeout`, detail: line });

/**
 * Once there was something to log in with, an end is a refusal: trying again could lock the account. Behind a proxy, whose
 * own end looks the same, only where that was a password.
 */
const asClosed: Rule["read"] = (line, log) => {
  const phase = phaseOf(log);
  const login = loginTrouble(log, line);
  const refused = login.tried.some((one) => !isProxied(log) || one.startsWith("a password"));
  return why(
    phase === "login" && refused
      ? login
      : { kind: "closed", phase: phase === "connect" ? "banner" : phase, message: line },
  );
};

/** The first rule with a line that fits says why. Source of the words: OpenSSH's, 7.6 to 9.9, in the C locale. */
const rules: readonly Rule[] = [
  { pattern: /^Host key verification failed\.$/, read: (_, log) => hostKeyFailure(log) },
  { pattern: /^(\S+: )?Permission denied \(.*\)\.?$/, read: (_, log) => why(loginTrouble(log)) },
  { pattern: /: Too many authentication failures/, read: (line, log) => why(loginTrouble(log, line)) },
  { pattern: /Too many open files/, read: as("no_file_descriptor") },
  { pattern: /^ssh: Could not resolve hostname /, read: as("name_not_found") },
  {
    pattern: /^(ssh: connect to host .*|.*open failed: connect failed): Connection refused$/,
    read: as("connection_refused"),
  },
  {
    pattern: /^(ssh: connect to host .*|.*open failed: connect failed): (Connection|Operation) timed out$/,
    read: timeout("connect"),
  },
  { pattern: /open failed: connect failed: (Name or service|Temporary failure|nodename)/, read: as("name_not_found") },
  { pattern: /^ssh: connect to host .*: (Connection reset by peer|Broken pipe)$/, read: asClosed },
  { pattern: /^ssh: connect to host |open failed: connect failed: /, read: as("address_unreachable") },
  { pattern: /open failed: resource shortage/, read: asClosed },
  { pattern: /open failed: /, read: as("forward_refused") },
  { pattern: /^Connection timed out during banner exchange/, read: timeout("banner") },
  { pattern: /^Unable to negotiate with |no matching .* found/, read: as("protocol_error") },
  {
    pattern:
      /^(kex_exchange_identification|ssh_exchange_identification|banner exchange): .*(closed|reset|broken pipe)/i,
    read: asClosed,
  },
  {
    pattern:
      /exchange_identification: |^banner exchange: |^Bad (remote protocol|packet length)|Protocol major versions differ/,
    read: as("protocol_error"),
  },
  {
    pattern: /^(Received disconnect from|Connection (closed|reset) by|Disconnected from|Timeout, server)/,
    read: asClosed,
  },
  { pattern: /(closed by remote host|Connection reset by peer|Broken pipe)$/, read: asClosed },
  { pattern: /^ssh_dispatch_run_fatal: |incorrect signature|message authentication code/i, read: as("protocol_error") },
];
