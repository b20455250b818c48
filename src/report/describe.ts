import type { Action } from "../model/action.ts";
import type { Failure, FailureCode } from "../model/failure.ts";
import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import type { Problem } from "../model/problem.ts";
import { printable } from "./escape.ts";

/**
 * What happened and what to do next, for each way in which a host can fail. Words in capitals stand for the host's own;
 * where a command needs the exact names (known_hosts), the failure's detail has it ready to paste.
 */
export const failureSentences: Record<FailureCode, { readonly what: string; readonly next?: string }> = {
  name_not_found: { what: "the name does not resolve", next: "check ansible_host and DNS: getent hosts NAME" },
  address_unreachable: {
    what: "there is no route to the address",
    next: "check ansible_host and the network: ip route get ADDRESS; behind a bastion, set ProxyJump",
  },
  connection_refused: {
    what: "the port is closed",
    next: "check ansible_port, and on the host that sshd runs: ss -ltnp",
  },
  connect_timeout: {
    what: "no answer to the connection",
    next: "check ansible_host and the firewalls on the way; a slow way needs --connect-timeout 30, a host behind a bastion ProxyJump",
  },
  banner_timeout: {
    what: "connected, but no SSH server answered",
    next: "check that ansible_port is sshd's; a host with a full conntrack table or no memory does this too: see its console",
  },
  handshake_timeout: {
    what: "the SSH server stopped answering before keys were exchanged",
    next: "large packets may be lost on the way, try ping -M do -s 1472 HOST; an overloaded host needs --connect-timeout 60",
  },
  login_timeout: {
    what: "the SSH server stopped answering while it checked the login",
    next: "DNS, PAM or a directory (LDAP) may hang on the host: see its log of sshd; a slow one needs --connect-timeout 60",
  },
  connection_lost_before_login: {
    what: "the connection was cut before login",
    next: "the server may limit connections: look for MaxStartups and penalties in its log of sshd, and for fail2ban; then fewer at once (-f 5)",
  },
  protocol_error: {
    what: "the SSH handshake failed",
    next: "try: ssh -v HOST; where that works, --transport openssh does too",
  },
  forward_refused: {
    what: "a bastion does not forward connections to it",
    next: "check AllowTcpForwarding and PermitOpen in the bastion's sshd_config; by hand: ssh -W HOST:PORT BASTION",
  },
  proxy_failed: {
    what: "the ProxyCommand ended before an SSH server answered",
    next: "run it by hand as ssh_config has it, with the host's name and port; it has no terminal here to ask on",
  },
  host_key_unknown: {
    what: "the host key is not in known_hosts",
    next: "verify its fingerprint (on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then add it to that file (ssh-keyscan -p PORT HOST), or run with --accept-new-host-keys",
  },
  host_key_changed: {
    what: "THE HOST KEY IS NOT THE KNOWN ONE; nothing was sent",
    next: "find out why before anything else; only where it is right, for instance after a new installation, remove that line and verify the new key",
  },
  host_key_revoked: {
    what: "the host key is revoked in known_hosts; nothing was sent",
    next: "others may hold that key: make the host a new one, then verify it",
  },
  login_refused: {
    what: "login was refused",
    next: "check the user (-u), the key (--private-key) and the agent (ssh-add -l); try: ssh -v USER@HOST",
  },
  key_unusable: {
    what: "a private key cannot be used",
    next: "try: ssh-keygen -y -f KEY; one with a passphrase goes into the agent: ssh-add KEY",
  },
  no_file_descriptor: {
    what: "this machine has no file descriptor left",
    next: "fewer hosts at once (-f), or a higher limit (ulimit -n)",
  },
  stopped: { what: "the run was stopped before this host had its turn" },
  become_refused: {
    what: "become was refused",
    next: "-K asks for a password; whether the login user may, the host says: sudo -l, or doas -C /etc/doas.conf, or su",
  },
  become_stalled: {
    what: "become did not answer",
    next: "try the same by hand on the host; DNS, PAM or a directory (LDAP) may hang there",
  },
  account_unusable: {
    what: "the login account cannot run anything",
    next: "look on the host: chage -l USER, getent passwd USER; it needs a later expiry, a new password or a login shell",
  },
  needs_root: {
    what: "the changes need root, and the login is another user",
    next: "run with become: -b, become: true in the play, or ansible_become in the inventory",
  },
  output_flood: {
    what: "the host sent more output than the cap, and was cut off",
    next: "something there prints without end: look at what the login prints (ssh HOST true | head -c 1000)",
  },
  output_cut: {
    what: "the output ended early",
    next: "try again; then look for what ends programs there: dmesg | tail",
  },
  output_garbled: {
    what: "the output of the script is not whole",
    next: "try again; the login's start-up files must print nothing after the shell has begun",
  },
  script_deadline: {
    what: "the script passed its deadline and was cut off",
    next: "look for what hangs on the host, such as a dead NFS mount or disk: ps -eo stat,wchan:30,args | grep ^D",
  },
  script_failed: { what: "the script failed" },
  connection_lost: { what: "the connection was lost", next: "see whether the host is up, and its log of sshd" },
  no_exit_status: {
    what: "the script ended without an exit status",
    next: "something on the host may have ended it: dmesg | grep -i 'out of memory'",
  },
  facts_unreadable: { what: "the play needs what this user cannot read", next: "run with become (-b)" },
  refused_by_guard: {
    what: "the memory guard refuses the table",
    next: "lower the share or the ceiling, or raise the guard in the play",
  },
  target_refused: { what: "a target was refused; nothing was changed" },
  template_failed: { what: "a template cannot be rendered for this host" },
  expression_failed: { what: "an expression cannot be worked out for this host" },
  stale: { what: "the host is not in the state that the plan was made from; nothing was changed", next: "plan again" },
  write_failed: {
    what: "a file could not be changed as planned",
    next: "look on the host for a full or read-only file system: df -h, findmnt -O ro",
  },
  set_failed: { what: "a live value was not taken", next: "look on the host: dmesg | tail" },
  not_converged: {
    what: "after the change the host is still not at the goal",
    next: "plan again: it shows what is left",
  },
  verify_false: { what: "a check of the play does not hold", next: "ctfleet facts -l HOST shows what the check sees" },
  internal: { what: "a defect in ctfleet", next: "please report it" },
};

/** One line about a failure: what, the details or the host's own words (escaped), and what to do next. */
export const describeFailure = ({ code, detail }: Failure): string => {
  const { what, next } = failureSentences[code];
  return [what, detail === "" ? "" : `: ${printable(detail)}`, next === undefined ? "" : `; next: ${next}`].join("");
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

/** `not_attempted` as people read it. */
export const outcomeWords = (kind: OutcomeKind): string => kind.replace("_", " ");

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
