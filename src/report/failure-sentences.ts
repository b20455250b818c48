import type { FailureCode } from "../model/failure.ts";

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
  still_needed: {
    what: "the host still needs connection tracking; nothing was changed",
    next: "leave it, or first take away what is named there",
  },
  rules_differ: {
    what: "the live firewall rules are not the saved ones, which a restart would bring; nothing was restarted",
    next: "save or settle them on the host (iptables-save against its file), or say even_if: [rules_differ] in the play",
  },
  module_busy: {
    what: "a module is in use and was not unloaded",
    next: "stop what holds it (lsmod names it), or reboot the host: activate: { with: reboot }",
  },
  reload_failed: {
    what: "a module or the firewall did not come back as planned",
    next: "where a firewall was restarted look at it now, before anything else: systemctl status, journalctl -b -n 50; for a module: modprobe -v NAME, dmesg | tail",
  },
  reboot_refused: {
    what: "the host was not rebooted: something there stands against it",
    next: "let the work that is named end; values that it would not bring need the play's files (template); then apply again",
  },
  not_rebooted: {
    what: "the host was told to reboot and is still in its old boot",
    next: "look on the host for what holds the shutdown: systemctl list-jobs; it may still go down",
  },
  not_back: {
    what: "THE HOST DID NOT COME BACK from its reboot",
    next: "see its console; it was rebooted once and is not rebooted again",
  },
  not_stable: {
    what: "the host came back and did not stay",
    next: "it may boot again and again: see its console, and journalctl --list-boots",
  },
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
  locked: {
    what: "another run is at work on the host; nothing was changed",
    next: "let it end, then apply again; ctfleet locks shows who holds what, and breaks a lock that was left behind",
  },
  journal_failed: {
    what: "the journal of the run cannot be written on this machine; nothing more is sent",
    next: "make room for it (df -h, df -i, ulimit -n), then go on: ctfleet resume RUN",
  },
  before_failed: {
    what: "what the play does before a host is changed failed; nothing was changed",
    next: "run it by hand; then ctfleet apply PLAYBOOK --retry-failed RUN takes the hosts that were left",
  },
  after_failed: {
    what: "what the play does after a host was changed failed; its change stays, and the host may still be out of service",
    next: "mend it, then ctfleet resume RUN runs it again; a new run (--retry-failed too) knows nothing of it: run it by hand before one",
  },
  command_failed: {
    what: "a command of the play failed",
    next: "run it by hand on the host; as long as its unless fails there too, apply runs it again",
  },
  not_confirmed: {
    what: "the change was not confirmed in time",
    next: "see whether it cuts the way to the host (firewall, routes, a full table); a slow host needs longer: activate: { confirm_within: 5m }",
  },
  revert_failed: {
    what: "THE HOST COULD NOT PUT EVERYTHING BACK",
    next: "what is named there is still as the run left it: see to it by hand; the old files are in /var/lib/ctfleet/RUN on the host",
  },
  changed_since: {
    what: "somebody has changed the host since the run; nothing was put back",
    next: "settle what is named there by hand, or leave the host as it is",
  },
  no_snapshot: {
    what: "the host keeps nothing of the run; nothing was put back",
    next: "a host keeps its last 5 runs: an older state comes from a play of its own",
  },
  internal: { what: "a defect in ctfleet", next: "please report it" },
};
