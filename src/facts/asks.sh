# shellcheck disable=SC2154 # asks comes with the request
# Programs of the play, asked for nothing but their exit status. They are somebody else's and may hang: each has its time.
statuses=''
bound=''

# ask SECONDS COMMAND...: no shell and no word of ours stands for COMMAND; it is a program. 137 where its time was over.
ask() {
  if [ -z "$bound" ]; then
    bound=shell
    # That of older busyboxes takes other arguments.
    timeout -s KILL 5 true && bound=timeout
  fi
  if [ "$bound" = timeout ]; then
    timeout -s KILL "$@"
    status=$?
  else
    ask_by_shell "$@"
  fi
  # ksh counts signals from 256.
  [ "$status" -le 255 ] || status=$((status - 128))
  statuses="$statuses $status"
} </dev/null >/dev/null 2>&1

ask_by_shell() {
  seconds=$1
  shift
  env "$@" &
  asked=$!
  end_late "$seconds" "$asked" &
  watch=$!
  wait "$asked"
  status=$?
  kill "$watch"
}

# end_late SECONDS PID: told to stop, it takes its sleep with it.
end_late() {
  sleep "$1" &
  nap=$!
  trap 'kill "$nap"' TERM
  wait "$nap" && kill -KILL "$2"
}

asks
[ -z "$statuses" ] || emit asked "$statuses"
