# One run at a time changes a host. `lock` is the line `RUN BOOT START TTL OWNER...`, made whole by a link: of two that come
# at once, one has it. Whoever replaces or removes it holds its guard, and looks again first.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

store=$root/var/lib/ctfleet
lock=$store/lock
# The line that we have written; empty while the lock is not ours.
lock_line=
# Why there could be none. Then nothing may be changed.
lock_error=
# Set where what comes after this script is ours too.
lock_holds=
# A timer that is later than this by its own time is dead.
late_timer=60
# Seconds of a boot in which it decides about a change that an earlier one has left.
early_boot=120

# is_held: sets `holder` where anybody but this run works here, in words. No lock is written by halves: odd text is nobody's.
is_held() {
  holder=
  first_line "$lock"
  held=$line
  judge_line "$held" lock
  first_line "$store/pending"
  [ -n "$holder" ] || judge_line "$line" pending
  first_line "$store/reverting"
  [ -n "$holder" ] || judge_line "$line" reverting
  [ -n "$holder" ]
}

# judge_line LINE KIND
judge_line() {
  kind=$2
  IFS=' '
  # shellcheck disable=SC2086 # words
  set -- $1
  IFS=$nl
  is_run "${1-}" && [ "$1" != "$run" ] || return 0
  case $kind in
    lock)
      is_still "$3" "$4" "$2" || return 0
      words="run $1, for $(($3 + $4 - up)) s more"
      shift 4
      holder=$(IFS=' '; emit "$*")
      holder="${holder:-somebody} ($words)"
      ;;
    pending)
      if [ "$3" = "$boot" ]; then
        is_still "$4" "$(($5 + late_timer))" "$3" || return 0
      elif [ "$up" -ge "$early_boot" ]; then
        return 0
      fi
      holder="run $1, whose change waits for its confirmation"
      ;;
    reverting) ! still_runs "$store/$1/$2/reverter" || holder="run $1, whose change is being put back" ;;
  esac
}

# is_still START SECONDS BOOT
is_still() {
  case $1$2 in *[!0-9]*) return 1 ;; esac
  [ "$3" = "$boot" ] && [ "$(($1 + $2))" -ge "$up" ]
}

# take_lock SECONDS OWNER: fails where another run holds the host, and says so. Own locks and stale ones are taken over.
take_lock() {
  see_clock || return 0
  guard=$store/lock.$boot.guard
  temp=$store/lock.$boot.$$
  fresh_line="$run $boot $up $1 $2"
  turns=50
  until try_lock; do
    [ -z "$lock_error" ] || break
    if [ -z "$holder" ]; then holder="somebody who takes it over or gives it up"; else turns=0; fi
    [ "$turns" -gt 0 ] || break
    turns=$((turns - 1))
    pause
  done
  rm -f "$temp"
  [ -n "$lock_line$lock_error" ] || { capped "$holder"; frame locked "$text"; leave_no_store; return 1; }
  [ -z "$lock_line" ] || wait_for_own || { frame locked "$holder"; release_lock; return 1; }
}

# try_lock: sets `lock_line` where it is ours now, `holder` where it is another's, `lock_error` where it cannot be.
try_lock() {
  ! is_held || return 1
  write_temp || write_temp || { lock_error=$error; return 1; }
  if [ ! -e "$lock" ]; then
    error=$(ln "$temp" "$lock" 2>&1) || { [ -e "$lock" ] || lock_error=$error; return 1; }
  else
    replace_lock || return 1
  fi
  lock_line=$fresh_line
}

# write_temp: one that is left from a process of our number may be the lock itself by another name.
write_temp() {
  [ ! -e "$temp" ] || rm -f "$temp"
  if [ -L "$store" ] || { [ -n "$root" ] && is_led_out "$store"; }; then error="$store: symbolic link"; return 1; fi
  [ -d "$store" ] || error=$(mkdir "$store" 2>&1) || [ -d "$store" ] || return 1
  error=$( (set -C; emit "$fresh_line$nl" >"$temp") 2>&1)
}

# replace_lock: only if it still says what we have judged.
replace_lock() {
  seen=$held
  ln "$lock" "$guard" 2>/dev/null || return 1
  first_line "$lock"
  if [ "$line" = "$seen" ]; then error=$(mv -f "$temp" "$lock" 2>&1) || lock_error=$error; else error=changed; fi
  rm -f "$guard"
  [ -z "$error" ]
}

# wait_for_own: an earlier script of this run may be at work still.
wait_for_own() {
  turns=200
  while still_runs "$store/$run/working"; do
    holder="an earlier script of this run, which is still at work (process $pid)"
    [ "$turns" -gt 0 ] || return 1
    turns=$((turns - 1))
    pause
  done
}

# needs_lock: a change is due; where there could be no lock there is none.
needs_lock() {
  [ -z "$lock_error" ] || { fail_backup "$lock_error"; return 1; }
}

# end_lock: the lock stays where something of this run is to follow.
end_lock() {
  first_line "$store/pending"
  case $line in "$run "*) return 0 ;; esac
  [ -n "$lock_holds" ] || release_lock
}

# release_lock: nobody else's, if ours was taken over meanwhile.
release_lock() {
  [ -n "$lock_line" ] || return 0
  seen=$lock_line
  take_guard && remove_seen
  leave_no_store
}

# remove_seen: with the guard, and without it after.
remove_seen() {
  first_line "$lock"
  if [ "$line" = "$seen" ]; then rm -f "$lock" "$guard"; else rm -f "$guard"; return 1; fi
}

# take_guard: fails where there is no lock any more, or its guard does not come free.
take_guard() {
  turns=50
  until ln "$lock" "$guard" 2>/dev/null; do
    [ -e "$lock" ] && [ "$turns" -gt 0 ] || return 1
    turns=$((turns - 1))
    pause
  done
}

# leave_no_store: where nothing of ours is left, and nothing of another boot's.
leave_no_store() {
  set +f
  for old in "$store"/lock.*; do
    case $old in "$store/lock.$boot."*) ;; *) [ ! -e "$old" ] || rm -f "$old" ;; esac
  done
  set -- "$store"/*
  set -f
  [ -e "$1" ] || [ -L "$store" ] || rmdir "$store" 2>/dev/null || :
}

pause() { sleep 0.1 2>/dev/null || sleep 1; }
