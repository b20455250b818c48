# A confirmation: of all who want to decide over a change, the one who moves its line does.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

store=$root/var/lib/ctfleet

# confirm TOKEN
confirm() {
  part=
  read_pending
  case $line in
    "$run "*" $1") ;;
    "$run "*) frame nothing ''; return 0 ;;
    *) tell_decided "$1"; return 0 ;;
  esac
  own=$store/$run/$part
  if error=$(mv "$store/pending" "$own/confirmed" 2>&1); then
    sync "$own" "$store" 2>/dev/null || :
    stop_timer
    disarm "$store/lock"
    frame confirmed ''
  elif [ -e "$store/pending" ]; then
    capped "$error"
    frame failed "$text"
  else
    tell_decided "$1"
  fi
}

# read_pending: sets `line` and `part`.
read_pending() {
  first_line "$store/pending"
  part=${line#* }
  part=${part%% *}
}

# tell_decided TOKEN: it was confirmed before with the same words, or put back, or somebody is at that now.
tell_decided() {
  find_last_part
  own=$store/$run/$part
  turns=50
  while [ -e "$store/reverting" ] && [ "$turns" -gt 0 ]; do
    turns=$((turns - 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  first_line "$own/undone"
  why=$line
  # Where the disk is full there may be no word in it.
  if [ -z "$why" ] && { [ -e "$own/undone" ] || [ -e "$store/reverting" ]; }; then why=timeout; fi
  first_line "$own/confirmed"
  if [ -n "$why" ]; then
    frame reverted "$why $(cat "$own/reverted" 2>/dev/null)"
  else
    case $line in *" $1") frame confirmed '' ;; *) frame nothing '' ;; esac
  fi
}

# find_last_part: sets `part`, the last of this run, or 0.
find_last_part() {
  part=0
  while [ -e "$store/$run/$((part + 1))" ]; do part=$((part + 1)); done
}
