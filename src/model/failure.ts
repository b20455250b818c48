/** Why a host could not be reached: nothing ran there. */
export const unreachableCodes = [
  "name_not_found",
  "address_unreachable",
  "connection_refused",
  "connect_timeout",
  "banner_timeout",
  "handshake_timeout",
  "login_timeout",
  "connection_lost_before_login",
  "protocol_error",
  "forward_refused",
  "proxy_failed",
  "host_key_unknown",
  "host_key_changed",
  "host_key_revoked",
  "login_refused",
  "key_unusable",
  "no_file_descriptor",
  "stopped",
] as const;

/** Why a host that we did reach did not end well. */
export const failedCodes = [
  "become_refused",
  "become_stalled",
  "account_unusable",
  "needs_root",
  "output_flood",
  "output_cut",
  "output_garbled",
  "script_deadline",
  "script_failed",
  "connection_lost",
  "no_exit_status",
  "facts_unreadable",
  "refused_by_guard",
  "target_refused",
  "still_needed",
  "rules_differ",
  "module_busy",
  "reload_failed",
  "reboot_refused",
  "not_rebooted",
  "not_back",
  "not_stable",
  "template_failed",
  "expression_failed",
  "stale",
  "write_failed",
  "set_failed",
  "not_converged",
  "verify_false",
  "locked",
  "journal_failed",
  "before_failed",
  "after_failed",
  "command_failed",
  "not_confirmed",
  "revert_failed",
  "changed_since",
  "no_snapshot",
  "internal",
] as const;

export type UnreachableCode = (typeof unreachableCodes)[number];
export type FailedCode = (typeof failedCodes)[number];
export type FailureCode = UnreachableCode | FailedCode;

/** An expected failure on one host. `detail` is host data or a library's words: it is shown escaped, never parsed. */
export type Failure = {
  readonly code: FailureCode;
  readonly detail: string;
  /** Was anything sent that could have changed the host? Then a lost contact means `unknown`. */
  readonly sent: boolean;
};

export const isUnreachable = (code: FailureCode): code is UnreachableCode =>
  (unreachableCodes as readonly string[]).includes(code);
