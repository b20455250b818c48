# Files: all are written whole beside their targets and verified; only then is the first one renamed.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

temps=
batch=
batch_step=
fresh=' '
committed=' '
committed_folders=

# clear_leftovers: removes what a killed run left beside `target`.
clear_leftovers() {
  set +f
  for old in "$folder/.${target##*/}.ctfleet-"*; do
    is_run "${old##*.ctfleet-}" && rm -f "$old"
  done
  set -f
}

# stage STEP PATH SHA256 CONTENT
stage() {
  is_already "$1" && return 0
  place "$2"
  clear_leftovers
  temps=$temps$temp$nl
  error=$(fill "$4" 2>&1) || { fail_fill "$1" "$error"; return 1; }
  [ -n "$batch" ] || batch_step=$1
  batch=$batch$temp$nl
  written=$written$temp$nl
  expected="$expected$1 $3$nl"
  [ -e "$target" ] || { fresh="$fresh$1 "; return 0; }
  is_selinux || return 0
  error=$(chcon --reference="$target" "$temp" 2>&1) || { fail_stage "$1" "$error"; return 1; }
}

# fill CONTENT: a shell's own printf may fail without the reason; cat names it.
fill() {
  set -C
  emit "$1" >"$temp" && return 0
  set +C
  [ -f "$temp" ] && emit "$1" | cat >"$temp"
}

# fail_fill STEP TEXT: busybox's `test -w` does not see a read-only file system; there the first try to make a file does.
fail_fill() {
  if [ -e "$temp" ]; then
    fail_stage "$1" "$2"
  else
    unfit_step "$1" "refused read_only $2"
    discard
  fi
}

# own UID:GID MODE: for all that were staged since the last call. Owner first: a change of owner clears mode bits.
own() {
  [ -n "$batch" ] || return 0
  error=$(run_on "$batch" chown "$1" 2>&1 && run_on "$batch" chmod "$2" 2>&1) || { fail_stage "$batch_step" "$error"; return 1; }
  batch=
}

# verify: reads copies and temporary files back; a short write that nobody reported ends here.
verify() {
  [ -n "$written" ] || return 0
  # shellcheck disable=SC2086 # split at line feeds on purpose
  set -- $expected
  sums=$(run_on "$written" sha256sum 2>&1) || { fail_stage "${1%% *}" "$sums"; return 1; }
  for line in $sums; do
    sum=${line%% *}
    [ "${sum#\\}" = "${1#* }" ] || { fail_stage "${1%% *}" "written bytes differ: $line"; return 1; }
    shift
  done
}

# flush_written: backup and new files are on disk before the first rename, so that a crash can lose neither.
flush_written() {
  [ -n "$backup" ] || return 0
  error=$(run_on "$written$backup/manifest$nl$backup/revert.sh$nl$backup$nl$store/$run$nl$store" sync 2>&1) || { fail_backup "$error"; return 1; }
  frame backup "kept $backup"
}

# fail_stage STEP TEXT: no target was touched yet.
fail_stage() {
  capped "$2"
  frame "step/$1" "failed $text"
  discard
}

# put_file STEP PATH
put_file() {
  is_already "$1" && return 0
  place "$2"
  error=$(mv -f "$temp" "$target" 2>&1) || { fail_commit "$1" "$error"; return 1; }
  commit "$1"
  is_selinux || return 0
  case $fresh in *" $1 "*) ;; *) return 0 ;; esac
  error=$(restorecon "$target" 2>&1) || { fail_commit "$1" "$error"; return 1; }
}

# remove_file STEP PATH
remove_file() {
  is_already "$1" && return 0
  place "$2"
  clear_leftovers
  error=$(rm -f "$target" 2>&1) || { fail_commit "$1" "$error"; return 1; }
  commit "$1"
}

commit() {
  committed="$committed$1 "
  committed_folders=$committed_folders$folder$nl
}

# fail_commit STEP TEXT: earlier files stay, and are said to be done; the temporary ones go.
fail_commit() {
  why=$2
  [ -z "$temps" ] || run_on "$temps" rm -f
  # A step that fails after its rename is reported once.
  case $committed in *" $1 "*) committed=${committed%"$1 "} ;; esac
  finish_files
  capped "$why"
  frame "step/$1" "failed $text"
}

# finish_files: a file step is done when its folder is on disk.
finish_files() {
  [ -n "$committed_folders" ] || return 0
  result="done"
  error=$(run_on "$committed_folders" sync 2>&1) || { capped "$error"; result="failed $text"; }
  IFS=' '
  for step in $committed; do frame "step/$step" "$result"; done
  IFS=$nl
  [ "$result" = "done" ]
}
