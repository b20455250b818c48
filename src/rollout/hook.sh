# One program of the play's own on a host, before its change or after it: how it ended, and the end of what it said.
# shellcheck disable=SC2154 # the parts are one script: they share variables

# run_hook SECONDS COMMAND...: what it said goes to standard error. It does not get descriptor 3, on which its status is told.
run_hook() {
  if timeout 1 true 2>/dev/null; then set -- timeout "$@"; else shift; fi
  status=$({ {
    "$@" </dev/null 2>&1 3>&-
    echo "$?" >&3
  } | tail -c 1000 >&2; } 3>&1)
  echo "@$nonce status ${#status}"
  echo "$status"
  echo "@$nonce end 0"
  echo
}
