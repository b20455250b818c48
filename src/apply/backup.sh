# A private copy of every original, outside the folders that anything scans, before the first change.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

store=$root/var/lib/ctfleet
backup=
manifest=
# Live values that a reload resets, a line `STEP_VALUE VALUE` each.
was=
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
  if is_selinux; then
    error=$(chcon --reference="$root$3" "$backup/$1" 2>&1) || { fail_backup "$error"; return 1; }
  fi
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
  # By this a reboot sees that this script is still at work, and whoever puts the run back.
  note_process "$store/$run/working"
}

# save_value STEP_VALUE NAME FILE: notes a live value that a later reload resets; what is not there yet has none.
save_value() {
  is_already "${1%_*}" && return 0
  live_value "$3"
  [ -n "$found" ] || return 0
  was=$was$1\ $found$nl
  case $2 in
    hashsize) manifest="${manifest}hashsize ${1%_*} $found$nl" ;;
    *) manifest="${manifest}set ${1%_*} ${2#set } $found$nl" ;;
  esac
}

# keep_values STEP FILE...: all that conntrack has, for it goes with its module, and these files of /proc/sys.
keep_values() {
  [ -n "$backup" ] && ! is_already "$1" || return 0
  step=$1
  shift
  for file; do
    shift
    set -- "$@" "$root$file"
  done
  set +f
  set -- "$root$hashsize" "$@" "$root"/proc/sys/net/netfilter/nf_conntrack_* "$root"/proc/sys/net/ipv4/netfilter/ip_conntrack_*
  set -f
  lines=
  # shellcheck disable=SC2013 # split at line feeds on purpose
  for line in $(grep -H '' "$@" 2>/dev/null); do
    case ${line%%:*} in *_count | *_buckets) ;; *) lines=$lines${line#"$root"}$nl ;; esac
  done
  { emit "$lines" >"$backup/values-$step"; } 2>/dev/null || :
}

# close_backup SCRIPT: writes the manifest, the sign of a whole backup, and what puts all of it back.
close_backup() {
  [ -n "$backup" ] || return 0
  head="part=$part hashsize=$hashsize already='$already'$nl"
  error=$( {
    emit "ctfleet backup 1$nl$manifest" >"$backup/manifest" && emit "$head$1" >"$backup/revert.sh" &&
      { [ -z "$was" ] || emit "$was" >"$backup/was"; }
  } 2>&1) || { fail_backup "$error"; return 1; }
}

# begin STEP: the run comes to it. Who puts the run back takes back nothing else.
begin() { is_already "$1" || { emit '' >"$backup/did-$1"; } 2>/dev/null || :; }

# forget_reverted: the last change was put back; that is told until something else is changed.
forget_reverted() {
  [ -z "$backup" ] || [ ! -e "$store/reverted" ] || rm -f "$store/reverted"
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
  see_clock || return 0
  { emit "$run $boot $up_exactly$nl" >"$store/last" && { [ -s "$backup/boot" ] || emit "$boot$nl" >"$backup/boot"; }; } 2>/dev/null || :
}

# prune_runs: keeps this run and the four before it. Only what looks like a run of ours is taken.
prune_runs() {
  [ -n "$backup" ] || return 0
  set --
  # What ends a trial, and what puts a change back that waits for its confirmation, stands in the folder of its run.
  kept_runs=$nl
  for line_file in "$store/trial" "$store/pending" "$store/reverting"; do
    first_line "$line_file"
    kept_runs=$kept_runs${line%% *}$nl
  done
  set +f
  for old in "$store"/*; do
    ! is_listed "${old##*/}" "$kept_runs$run$nl" || continue
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
