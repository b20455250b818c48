# Before the first change that could cut this host off, there is something on it that puts the change back: after a time
# without a confirmation, and at the next boot.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# Empty while nothing waits, or its time is counted from the end.
armed=

# arm STEP SECONDS AFTER TOKEN: AFTER is seconds from the start of a boot that we ask for, or `-`.
arm() {
  [ -n "$backup" ] || return 0
  own=$backup
  error=
  if see_clock; then
    if claim_pending "$2 $3 $4"; then
      if write_entries "$3" && start_timer "ctfleet-revert-$run-$part" "$2" "$own/revert.sh"; then
        armed="$2 $3 $4"
        frame armed "$timer $entries"
        return 0
      fi
      why=$error
      rm -f "$store/pending"
      # The lock goes with the script.
      disarm
      error=$why
    fi
  else
    error="the boot id or the uptime cannot be read"
  fi
  unfit_step "$1" "refused not_armed $error"
  discard
  return 1
}

# claim_pending WORDS: the line is made once; one that waits already is somebody's who has not decided yet.
claim_pending() {
  error=$( (set -C; emit "$boot$nl" >"$own/boot" && emit "$run $part $boot $up $1$nl" >"$store/pending") 2>&1) && return 0
  first_line "$store/pending"
  case $line in *' '*) error="a change of ${line%% *} waits for its confirmation" ;; '') rm -f "$store/pending" ;; esac
  return 1
}

# restamp: the time for the confirmation begins now, at the end of the script.
restamp() {
  [ -n "$armed" ] && [ -e "$store/pending" ] && see_clock || return 0
  { emit "$run $part $boot $up $armed$nl" >"$own/pending" && mv "$own/pending" "$store/pending"; } 2>/dev/null || return 0
  # Who decided meanwhile, or is at it, has moved the line before.
  armed=
  if [ -e "$store/reverting" ] || [ -e "$own/undone" ] || [ -e "$own/confirmed" ]; then rm -f "$store/pending"; fi
}
