# Programs that may hang: each has its time, and nothing here waits for one that does not end.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

talks=0
talk=

# appears FILE SECONDS: does it have something in it in time?
appears() {
  turns=$(($2 * 10))
  while [ ! -s "$1" ] && [ "$turns" -gt 0 ]; do
    sleep 0.1 2>/dev/null || { sleep 1; turns=$((turns - 9)); }
    turns=$((turns - 1))
  done
  [ -s "$1" ]
}

# within SECONDS COMMAND...: sets `error` to what it said; its exit status, or 124 where it had not ended in time. Its words
# go to a file: a program that hangs in the kernel would hold a pipe open, and cannot even be killed.
within() {
  time=$1
  shift
  talks=$((talks + 1))
  talk=$backup/talk-$talks
  (
    # What it may start (a daemon) must be one that can be stopped.
    trap - TERM
    "$@" >"$talk" 2>&1 &
    echo "$!" >"$talk.pid"
    wait "$!"
    echo "$?" >"$talk.status"
  ) </dev/null >/dev/null 2>&1 &
  status=124
  ! appears "$talk.status" "$time" || read -r status <"$talk.status"
  error=$(head -n 20 "$talk" 2>/dev/null | cut -c 1-400)
  [ "$status" != 124 ] || return 124
  rm -f "$talk" "$talk.pid" "$talk.status"
  return "$status"
}

# kill_late: ends the program that `within` gave up.
kill_late() {
  read -r late <"$talk.pid" && kill -KILL "$late" 2>/dev/null
}

# bounded COMMAND...: for programs that only tell, as far as this host can bound them.
bounded() {
  if timeout 1 true 2>/dev/null; then timeout 20 "$@"; else "$@"; fi
}
