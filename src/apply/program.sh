# Programs of the play's own: whatever they are named, print or leave behind, they touch neither this script nor its output.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# run_program SECONDS COMMAND...: its exit status, or 124 where it was ended at its time; `error` is the last that it said.
# Where it leaves something that holds its output, nobody waits for that.
run_program() {
  patient=$1
  shift
  talks=$((talks + 1))
  talk=$backup/talk-$talks
  (
    # By exec: mksh would keep our output open for whatever is left behind.
    exec </dev/null >/dev/null 2>&1
    { start_program "$@"; echo "$?" >"$talk.status"; } | { tail -c 300 >"$talk"; echo >"$talk.told"; }
  ) &
  status=124
  if appears "$talk.status" "$patient"; then read -r status <"$talk.status"; else end_program; fi
  # ksh counts signals from 256.
  [ "$status" -le 255 ] || status=$((status - 128))
  error=
  [ "$status" = 0 ] || ! appears "$talk.told" 1 || error=$(cat "$talk")
  rm -f "$talk" "$talk.pid" "$talk.status" "$talk.told"
  return "$status"
}

# start_program COMMAND...: in a session of its own, so that what it has started can be ended with it. Only programs are meant,
# no words of a shell.
start_program() (
  # Only here: what our shell says of a killed program is none of its words.
  exec 2>&1
  trap - INT PIPE TERM
  umask 022
  cd "$root/" || exit 126
  session=
  ! command -v setsid >/dev/null || session=setsid
  # shellcheck disable=SC2016,SC2086 # an inner shell expands; a word or none
  exec $session sh -c 'echo "$$" >"$0" && exec "$@"' "$talk.pid" "$@"
)

# end_program: with all that it has started, where it has a session.
end_program() {
  read -r late <"$talk.pid" || return 0
  kill -KILL "-$late" || kill -KILL "$late"
} 2>/dev/null
