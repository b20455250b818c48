# The end of a trial. It stands on the host, is run by a timer or waits by itself, and puts back what the trial has set and
# nobody else has set since. `run`, `root`, `hashsize`, `already` and `actions` come with it.
# shellcheck disable=SC2154,SC2034 # the head and the last lines of the script are added when it is sent
trap '' HUP INT PIPE
umask 077
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
nl='
'
store=$root/var/lib/ctfleet
own=$store/$run
report=
stays=

# is_ours: does the trial still run, and in this boot?
is_ours() {
  line=
  [ ! -r "$store/trial" ] || read -r line <"$store/trial"
  boot=$(cat "$root/proc/sys/kernel/random/boot_id" 2>/dev/null)
  case $line in "$run $boot "*) return 0 ;; esac
  return 1
}

# wait_for_end: by the kernel's own seconds, which no change of the wall clock moves.
wait_for_end() {
  is_ours || exit 0
  # shellcheck disable=SC2086 # four words
  set -- $line
  end=$(($3 + $4))
  echo "$$" >"$own/trial-waits"
  while read -r up rest <"$root/proc/uptime" && left=$((end - ${up%%.*})) && [ "$left" -gt 0 ]; do
    [ "$left" -le 60 ] || left=60
    sleep "$left"
    is_ours || exit 0
  done
}

# now FILE: sets `found`. Not by `read`: a file of /proc/sys gives a reader of single bytes its first one only.
now() { found=$(cat "$root$1" 2>/dev/null); }

# tried STEP VALUE: sets `tried` to what the kernel made of the trial's value.
tried() {
  tried=$2
  [ ! -r "$own/trial-found-$1" ] || tried=$(cat "$own/trial-found-$1")
}

is_already() {
  case $already in *" $1 "*) return 0 ;; esac
  return 1
}

# weigh STEP FILE OLD NEW: the old max must be at least 1.25 times the entries of now, else max and hash size stay.
weigh() {
  is_already "$1" && return 0
  count=
  for file in /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/ipv4/netfilter/ip_conntrack_count; do
    [ -n "$count" ] || { now "$file"; count=$found; }
  done
  case $count in '' | *[!0-9]*) stays="the count cannot be read"; return 0 ;; esac
  [ "$3" = 0 ] || [ "$(($3 * 4))" -ge "$((count * 5))" ] || stays="$count entries are tracked"
}

# put_back STEP FILE OLD NEW NAME KIND
put_back() {
  is_already "$1" && return 0
  now "$2"
  tried "$1" "$4"
  if [ "$found" = "$3" ]; then
    report="${report}same $5 $found$nl"
  elif [ "$found" != "$tried" ]; then
    report="${report}left $5 $found: set by somebody since$nl"
  elif [ "$6" = size ] && [ -n "$stays" ]; then
    report="${report}kept $5 $found: $stays$nl"
  else
    error=$( { env printf '%s\n' "$3" >"$root$2"; } 2>&1)
    now "$2"
    if [ "$found" = "$3" ]; then report="${report}back $5 $3$nl"; else report="${report}failed $5 $found: $error$nl"; fi
  fi
}

# finish: what was done stands before the trial's line goes; whoever ends the trial meanwhile finds it gone.
finish() {
  printf '%s' "$report" >"$own/trial-ended"
  rm -f "$store/trial.ending" "$own/trial-waits"
}

trial() {
  [ "${1-}" != wait ] || wait_for_end
  is_ours && mv "$store/trial" "$store/trial.ending" 2>/dev/null || exit 0
  put_all_back
  finish
  exit 0
}
