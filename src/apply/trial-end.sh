# The end of a trial. It stands on the host, is run by a timer or waits by itself, and puts back what the trial has set and
# nobody else has set since. `run`, `root`, `part`, `hashsize` and `already` come with it.
# shellcheck disable=SC2154,SC2034 # the head and the last lines of the script are added when it is sent

store=$root/var/lib/ctfleet
own=$store/$run
kept=$own/$part

# A trial is over after a reboot.
is_later_boot() { return 1; }

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
  IFS=' '
  # shellcheck disable=SC2086 # four words
  set -- $line
  end=$(($3 + $4))
  echo "$$" >"$own/trial-waits"
  while read -r up rest <"$root/proc/uptime" && left=$((end - ${up%%.*})) && [ "$left" -gt 0 ]; do
    [ "$left" -le 60 ] || left=60
    sleep "$left"
    is_ours || exit 0
  done
  IFS=$nl
}

# finish: what was done stands before the trial's line goes; whoever ends the trial meanwhile finds it gone.
finish() {
  emit "$report" >"$own/trial-ended"
  rm -f "$store/trial.ending" "$own/trial-waits"
}

trial() {
  # A shutdown may stop it while it waits.
  trap - TERM
  [ "${1-}" != wait ] || wait_for_end
  trap '' TERM
  is_ours && mv "$store/trial" "$store/trial.ending" 2>/dev/null || exit 0
  put_all_back
  finish
  exit 0
}
