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
  run_on "$temps$backup" rm -rf
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
  set +f
  for old in "$store"/*; do
    is_run "${old##*/}" && [ "${old##*/}" != "$run" ] && [ -d "$old" ] && [ ! -L "$old" ] && set -- "$@" "$old"
  done
  set -f
  doomed=
  while [ $# -gt 4 ]; do
    doomed=$doomed$1$nl
    shift
  done
  [ -z "$doomed" ] || run_on "$doomed" rm -rf
}
