# Commands of the play. One that fails ends the script where it stands.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# run_command STEP SECONDS COMMAND...
run_command() {
  number=$1
  seconds=$2
  shift
  # What takes it back is owed from here on.
  error=$( { emit '' >"$backup/did-$number"; } 2>&1) || { fail_command "$error"; return 1; }
  if run_program "$@"; then
    frame "step/$number" "done"
  elif [ "$status" = 124 ]; then
    fail_command "exit status 124, or no end within $seconds s${error:+; $error}"
  else
    fail_command "exit status $status${error:+; $error}"
  fi
}

# fail_command TEXT: files that were only staged go.
fail_command() {
  capped "$1"
  frame "step/$number" "failed $text"
  [ -z "$temps" ] || run_on "$temps" rm -f
  return 1
}
