import type { Action } from "../model/action.ts";
import type { Failure, FailureCode } from "../model/failure.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Problem } from "../model/problem.ts";
import { printable } from "./escape.ts";

/** What happened and what to do next, for each way in which a host can fail. */
export const failureSentences: Record<FailureCode, { readonly what: string; readonly next?: string }> = {
  name_not_found: { what: "the name does not resolve", next: "check ansible_host, or DNS" },
  address_unreachable: { what: "there is no route to the address", next: "check the network and ansible_host" },
  connection_refused: { what: "the port is closed", next: "check ansible_port, and that sshd runs" },
  connect_timeout: { what: "no answer to the connection", next: "check the address and firewalls on the way" },
  banner_timeout: {
    what: "connected, but no SSH server answered",
    next: "check that the port is SSH; a full conntrack table also does this",
  },
  login_timeout: { what: "the SSH server stopped answering during login", next: "try: ssh -v to the same host" },
  connection_lost_before_login: {
    what: "the connection was cut before login",
    next: "the server may be limiting connections (MaxStartups, penalties)",
  },
  protocol_error: { what: "the SSH handshake failed", next: "try: ssh -v to the same host" },
  host_key_unknown: {
    what: "the host key is not in known_hosts",
    next: "verify its fingerprint, then add it, or use --accept-new-host-keys",
  },
  host_key_changed: {
    what: "THE HOST KEY IS NOT THE KNOWN ONE; nothing was sent",
    next: "find out why; if it is right, remove the old line by hand",
  },
  host_key_revoked: { what: "the host key is revoked in known_hosts; nothing was sent" },
  login_refused: { what: "login was refused", next: "check the user (-u), the key (--private-key) and the agent" },
  key_unusable: { what: "a private key cannot be used" },
  no_file_descriptor: {
    what: "this machine has no file descriptor left",
    next: "fewer hosts at once (-f), or a higher limit (ulimit -n)",
  },
  become_refused: {
    what: "become was refused",
    next: "allow it in sudoers, for example with NOPASSWD, or log in as that user",
  },
  become_stalled: { what: "become did not answer", next: "try on the host: sudo -n true" },
  output_flood: { what: "the host sent more output than the cap, and was cut off" },
  output_cut: { what: "the output ended early" },
  output_garbled: { what: "the output of the script is not whole" },
  script_deadline: { what: "the script passed its deadline and was cut off" },
  script_failed: { what: "the script failed" },
  connection_lost: { what: "the connection was lost" },
  no_exit_status: { what: "the script ended without an exit status" },
  facts_unreadable: { what: "the play needs what this user cannot read", next: "run with become (-b)" },
  refused_by_guard: {
    what: "the memory guard refuses the table",
    next: "lower the share or the ceiling, or raise the guard in the play",
  },
  target_refused: { what: "a target was refused; nothing was changed" },
  template_failed: { what: "a template cannot be rendered for this host" },
  expression_failed: { what: "an expression cannot be worked out for this host" },
  stale: { what: "the host is not in the state that the plan was made from; nothing was changed", next: "plan again" },
  write_failed: { what: "a file could not be changed as planned" },
  set_failed: { what: "a live value was not taken" },
  not_converged: { what: "after the change the host is still not at the goal" },
  verify_false: { what: "a check of the play does not hold" },
  internal: { what: "a defect in ctfleet", next: "please report it" },
};

/** One line about a failure: what, the host's own words (escaped), and what to do next. */
export const describeFailure = ({ code, detail }: Failure): string => {
  const { what, next } = failureSentences[code];
  return [what, detail === "" ? "" : `: ${printable(detail)}`, next === undefined ? "" : ` (${next})`].join("");
};

/** One line about a change, without its diff. */
export const describeAction = (action: Action): string => {
  switch (action.kind) {
    case "write":
      return `${action.from.kind === "absent" ? "create" : "change"} ${action.path}${describeOwnership(action)}`;
    case "remove":
      return `remove ${action.path}`;
    case "set_hashsize":
      return `set hashsize ${action.from} -> ${action.to}`;
    case "set":
      return `set ${action.key} ${printable(action.from)} -> ${action.to}`;
  }
};

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

const describeOwnership = (action: Extract<Action, { kind: "write" }>): string => {
  if (action.from.kind === "absent") return ` (mode ${octal(action.mode)})`;
  const { mode, uid, gid } = action.from;
  const parts = [
    mode === action.mode ? "" : `mode ${octal(mode)} -> ${octal(action.mode)}`,
    uid === action.uid && gid === action.gid ? "" : `owner ${uid}:${gid} -> ${action.uid}:${action.gid}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
};

const changes = (actions: readonly Action[]): string =>
  `${actions.length} ${actions.length === 1 ? "change" : "changes"}`;

/** One line about how a host ended. */
export const describeOutcome = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case "compliant":
      return "nothing to change";
    case "changed":
      return `${changes(outcome.actions)} made and proven`;
    case "drifted":
      return `${changes(outcome.actions)} pending`;
    case "failed":
    case "unreachable":
      return describeFailure(outcome.failure);
    case "unknown":
      return `${describeFailure(outcome.failure)}; what was sent may or may not have been done: audit this host`;
    case "not_attempted":
    case "skipped":
      return printable(outcome.because);
  }
};

/** `file:line:column path: what and what was expected`. */
export const describeProblem = ({ at, path, message }: Problem): string =>
  printable(
    `${at.line === 0 ? at.file : `${at.file}:${at.line}:${at.column}`} ${path === "" ? "" : `${path}: `}${message}`,
  );
