# Puts one part of a run back. It stands on the host beside the originals and is run as `sh FILE MODE`: `timer` and `wait` by
# what waits for the confirmation, `boot` before the readers of files at boot, `late` after them, `now` by whoever asks for
# it, `check` to be told what would be put back. `run`, `root`, `part`, `hashsize` and `already` come with it.
# shellcheck disable=SC2154,SC2034 # the head and the last lines of the script are added when it is sent

store=$root/var/lib/ctfleet
own=$store/$run/$part
kept=$own
# Where `within` keeps what programs say.
backup=$own
# Seconds for which a script of ours that is still at work is waited for, beyond the end of its time.
grace=600

# is_mine FILE: does its line name this part? Then sets `since` (a boot), `began`, `seconds`, `after` and `token` from it.
is_mine() {
  first_line "$1"
  case $line in "$run $part "*) ;; *) return 1 ;; esac
  IFS=' '
  # shellcheck disable=SC2086 # seven words
  set -- $line
  IFS=$nl
  since=${3-} began=${4-0} seconds=${5-0} after=${6--} token=${7--}
}

# is_later_boot: was the change made in another boot than this?
is_later_boot() {
  see_clock
  first_line "$own/boot"
  [ -n "$line" ] && [ "$line" != "$boot" ]
}

# is_our_boot: is this the boot that a reboot of ours has led to, where the change waited for its confirmation?
is_our_boot() { [ -z "$asks" ] && is_later_boot && [ "${since-}" = "$boot" ]; }

# was_rebooted BOOT: did this run record a reboot that ends BOOT, and is time left for it?
was_rebooted() {
  first_line "$store/$run/reboot"
  [ "$after" != - ] && [ "$line" = "$1" ]
}

# wait_for_end: until the time for the confirmation is over; fails where it was confirmed, or put back by somebody else.
wait_for_end() {
  trap - TERM
  see_clock || :
  while is_mine "$store/pending" && [ "$since" = "$boot" ]; do
    end=$((began + seconds))
    # A host that is going down for a reboot of ours keeps its new files.
    ! was_rebooted "$boot" || end=$((end + after))
    see_clock || return 0
    left=$((end - up))
    if [ "$left" -le 0 ]; then
      if [ "$((left + grace))" -le 0 ] || ! still_runs "$store/$run/working"; then return 0; fi
      left=2
    fi
    # Its time may be counted anew meanwhile.
    [ "$left" -le 2 ] || left=2
    sleep "$left"
  done
  return 1
}

# renew: a reboot of ours was meant to be; this boot has its own time for the confirmation.
renew() {
  { emit "$run $part $boot 0 $after - $token$nl" >"$own/pending" && mv "$own/pending" "$store/pending"; } || return 1
  # Whoever confirmed it just now has moved the line that we have read.
  [ ! -e "$own/confirmed" ] || rm -f "$store/pending"
}

# claim: of all who want to decide, the one who moves the line does.
claim() {
  mv "$store/pending" "$store/reverting" 2>/dev/null || return 1
  note_reverter
}

# take_over: one who began to put it back, and is dead: by a power cut, or because files are all that was due at boot.
take_over() {
  is_mine "$store/reverting" && ! still_runs "$own/reverter" || return 1
  note_reverter
}

note_reverter() { note_process "$own/reverter"; }

# claim_asked: a change that is confirmed, waits, or was left half put back by somebody who is dead.
claim_asked() {
  if is_mine "$store/pending" && claim; then return 0; fi
  turns=60
  # One who has just moved the line may not have said yet who he is.
  while is_mine "$store/reverting" && { still_runs "$own/reverter" || { [ ! -e "$own/reverter" ] && [ "$turns" -gt 57 ]; }; } &&
    [ "$turns" -gt 0 ]; do
    turns=$((turns - 1))
    sleep 1
  done
  ! take_over || return 0
  # Another has done it.
  [ ! -e "$own/undone" ] || [ "$turns" = 60 ] || return 1
  see_clock || :
  (set -C; emit '' >"$store/reverting") 2>/dev/null || return 1
  # On a full disk the file is there, and has no line.
  { emit "$run $part ${boot:--} 0 0 - -$nl" >"$store/reverting"; } 2>/dev/null || :
  note_reverter
}

# put_all WHY
put_all() {
  trap '' TERM
  # What was put back by one who began stays told.
  [ ! -r "$own/reverted" ] || report=$(grep '^back ' "$own/reverted")$nl
  put_rest_back
  put_files_back
  put_boot_back
  put_first_back
  record "$1"
  end_revert "$1"
}

# record WHY: where the disk is full there is no report, but the move of the line tells that it was put back.
record() {
  see_clock || :
  { emit "$report" >"$own/reverted"; } 2>/dev/null || :
  { emit "$run $part ${boot:--} ${up:-0} $1$nl" >"$store/reverted"; } 2>/dev/null || :
  { emit "$1$nl" >"$own/undone"; } 2>/dev/null || :
}

# end_revert WHY: nothing waits any more. A script of ours that asks for it holds the host, and gives it free itself.
end_revert() {
  [ "$1" != asked ] || stop_timer
  if [ -n "$holds" ]; then disarm; else disarm "$store/lock"; fi
  sync "$own" "$store" 2>/dev/null || :
}

# at_boot: before the readers of files. A host that went down unconfirmed gets its files back; live values come later.
at_boot() {
  see_clock || :
  if is_mine "$store/pending"; then
    [ "$since" != "$boot" ] || return 0
    if was_rebooted "$since"; then renew; return 0; fi
    claim || return 0
  else
    take_over || return 0
  fi
  put_files_back
  record boot
  sync "$own" "$store" 2>/dev/null || :
}

# after_boot: files whose readers have run by now, and live values.
after_boot() {
  see_clock || :
  if take_over; then
    :
  elif is_mine "$store/pending"; then
    if [ "$since" = "$boot" ] || { was_rebooted "$since" && renew; }; then
      wait_for_end || return 0
      claim || return 0
      put_all timeout
      return 0
    fi
    claim || return 0
  else
    return 0
  fi
  put_all boot
}

# revert MODE [HOLDS]
revert() {
  holds=${2-}
  case $1 in
    check) asks=yes; put_rest_back; put_files_back ;;
    now) if claim_asked; then put_all asked; else report=$(cat "$own/reverted"); fi; emit "$report" ;;
    timer) ! wait_for_end || ! claim || put_all timeout ;;
    wait) emit "$$$nl" >"$own/revert-waits"; ! wait_for_end || ! claim || put_all timeout ;;
    boot) at_boot ;;
    late) after_boot ;;
  esac
}
