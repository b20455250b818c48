# A trial: before the first value is set, something on this host is waiting that will put the old ones back.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# survey_trial: sets `trial_run`, empty where none runs. One of an earlier boot is over, and so is one whose end is long past.
survey_trial() {
  trial_run=
  line=
  [ ! -r "$store/trial" ] || read -r line <"$store/trial"
  [ -n "$line" ] && see_clock || return 0
  IFS=' '
  # shellcheck disable=SC2086 # four words
  set -- $line
  IFS=$nl
  if [ $# = 4 ] && [ "$2" = "$boot" ] && [ "$((${3%%.*} + $4 + 60))" -gt "$up" ]; then trial_run=$1; fi
}

# check_trial STEP: one at a time.
check_trial() {
  survey_trial
  [ -z "$trial_run" ] || unfit_step "$1" "refused trial_runs $trial_run"
}

# check_end STEP RUN
check_end() {
  survey_trial
  [ "$trial_run" = "$2" ] || unfit_step "$1" "stale ${trial_run:-absent}"
}

# arm_trial STEP SECONDS SCRIPT
arm_trial() {
  [ -n "$backup" ] || return 0
  own=$store/$run
  head="part=$part hashsize=$hashsize already='$already'$nl"
  if see_clock && claim_trial "$run $boot $up $2"; then
    if error=$(write_trial "$head$3" 2>&1) && start_timer "ctfleet-trial-$run" "$2" "$own/trial.sh"; then
      frame trial "armed $timer"
      return 0
    fi
    drop_trial
  fi
  why="trial_not_armed ${error:-the boot id or the uptime cannot be read}"
  [ -z "$trial_run" ] || why="trial_runs $trial_run"
  unfit_step "$1" "refused $why"
  discard
  return 1
}

# claim_trial LINE: the file of the line is the lock: it is made once, by one of those that come at the same time. Where that
# is another, `trial_run` is the other's.
claim_trial() {
  survey_trial
  [ -z "$trial_run" ] || return 1
  clear_over
  error=$( (set -C; emit "$1$nl" >"$store/trial") 2>&1) && has_line "$1" && return 0
  # One who has just made it may not have written it yet.
  has_line '' && sleep 1
  survey_trial
  return 1
}

# has_line LINE
has_line() {
  line=
  [ ! -r "$store/trial" ] || read -r line <"$store/trial"
  [ "$line" = "$1" ]
}

# clear_over: takes away the line that survey_trial has found to be over. A newer one, of somebody who was faster, goes back.
clear_over() {
  [ -e "$store/trial" ] || return 0
  over=$line
  mv "$store/trial" "$own/trial-over" 2>/dev/null || return 0
  line=
  read -r line <"$own/trial-over"
  [ "$line" = "$over" ] || (set -C; emit "$line$nl" >"$store/trial") 2>/dev/null
  rm -f "$own/trial-over"
}

# drop_trial: the line of another stays.
drop_trial() {
  line=
  [ ! -r "$store/trial" ] || read -r line <"$store/trial"
  case $line in "$run "*) rm -f "$store/trial" ;; esac
  rm -f "$own/trial.sh"
}

# write_trial SCRIPT
write_trial() {
  emit "$1" >"$own/trial.sh" && sync "$own/trial.sh" "$store/trial"
}

# end_trial STEP RUN: without this line the timer does nothing any more; one move, so that either it or we have the line.
end_trial() {
  is_already "$1" && return 0
  survey_trial
  [ "$trial_run" = "$2" ] || { frame "step/$1" "failed it has ended meanwhile"; return 1; }
  error=$(mv "$store/trial" "$backup/trial" 2>&1) || { capped "$error"; frame "step/$1" "failed $text"; return 1; }
  ! is_booted_by_systemd || systemctl stop "ctfleet-trial-$2.timer" >/dev/null 2>&1
  frame "step/$1" "done"
}
