# A private copy of every original, outside the folders that anything scans, before the first change.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

store=$root/var/lib/ctfleet
backup=
manifest=
# Each file that must be right and on disk before the first rename, and `STEP SHA256` for each, in the same order.
written=
expected=

# save STEP LINE [PATH SHA256]: notes the state before the step in the manifest, and copies the original if there is one.
save() {
  is_already "$1" && return 0
  [ -n "$backup" ] || open_backup || return 1
  manifest=$manifest$2$nl
  [ $# -gt 2 ] || return 0
  error=$(cp -p "$root$3" "$backup/$1" 2>&1) || { fail_backup "$error"; return 1; }
  written=$written$backup/$1$nl
  expected="$expected$1 $4$nl"
}

# open_backup: makes RUN/N; a run that comes to this host again never touches its earlier copies.
open_backup() {
  part=1
  while [ -e "$store/$run/$part" ]; do part=$((part + 1)); done
  if [ -L "$store" ] || { [ -n "$root" ] && is_led_out "$store"; }; then
    fail_backup "$store: symbolic link"
    return 1
  fi
  backup=$store/$run/$part
  missing=
  for one in "$store" "$store/$run" "$backup"; do [ -d "$one" ] || missing=$missing$one$nl; done
  error=$(run_on "$missing" mkdir 2>&1) || { fail_backup "$error"; return 1; }
  note_work
}

# note_work: PID START, by which a reboot sees that this script is still at work. Nothing else depends on it.
note_work() {
  line=
  [ ! -r "$root/proc/$$/stat" ] || read -r line <"$root/proc/$$/stat"
  [ -n "$line" ] || return 0
  start_of "$line"
  { emit "$$ $start$nl" >"$store/$run/working"; } 2>/dev/null || :
}

# save_value STEP NAME FILE: notes a live value that a later reload resets; what is not there yet has none.
save_value() {
  is_already "$1" && return 0
  live_value "$3"
  [ -n "$found" ] || return 0
  case $2 in
    hashsize) manifest="${manifest}hashsize $1 $found$nl" ;;
    *) manifest="${manifest}set $1 ${2#set } $found$nl" ;;
  esac
}

# close_backup: writes the manifest, the sign of a whole backup.
close_backup() {
  [ -n "$backup" ] || return 0
  error=$(emit "ctfleet backup 1$nl$manifest" 2>&1 >"$backup/manifest") || { fail_backup "$error"; return 1; }
}

fail_backup() {
  capped "$1"
  frame backup "failed $text"
  discard
}

# discard: takes away what a run leaves that changed nothing: temporary files, and a backup of nothing.
discard() {
  run_on "$temps$backup$nl$store/$run/working" rm -rf
  rmdir "$store/$run" "$store" 2>/dev/null
}

# note_change: RUN BOOT_ID SECONDS, so that a later probe can tell drops before this change from those after it. Nothing
# depends on it: where it cannot be written, old drops are told as new ones.
note_change() {
  [ -n "$backup" ] || return 0
  moment=$(cat "$root/proc/sys/kernel/random/boot_id" "$root/proc/uptime" 2>/dev/null) || return 0
  boot=${moment%%"$nl"*}
  up=${moment#*"$nl"}
  { emit "$run $boot ${up%% *}$nl" >"$store/last"; } 2>/dev/null || :
}

# prune_runs: keeps this run and the four before it. Only what looks like a run of ours is taken.
prune_runs() {
  [ -n "$backup" ] || return 0
  set --
  # What ends a trial stands in the folder of its run.
  line=
  [ ! -r "$store/trial" ] || read -r line <"$store/trial"
  set +f
  for old in "$store"/*; do
    case ${old##*/} in "$run" | "${line%% *}") continue ;; esac
    is_run "${old##*/}" && [ -d "$old" ] && [ ! -L "$old" ] && set -- "$@" "$old"
  done
  set -f
  doomed=$store/$run/working$nl
  while [ $# -gt 4 ]; do
    doomed=$doomed$1$nl
    shift
  done
  run_on "$doomed" rm -rf
}
