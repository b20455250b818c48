# Before the first change: is every target the planned one, and fit to be changed? Nothing here writes.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

already=' '
unfit=
locked=
mounts=

# survey PATH...: reads state, flags and mounts of all file targets, with one process for each question.
survey() {
  [ $# -gt 0 ] || return 0
  places=
  for path; do
    shift
    place "$path"
    [ ! -d "$folder" ] || places=$places$folder$nl
    is_plain && set -- "$@" "$target"
  done
  mountinfo=$root/proc/self/mountinfo
  [ ! -r "$mountinfo" ] || mounts=$nl$(cut -d ' ' -f 5 <"$mountinfo")$nl
  survey_flags "$@"
  [ $# -eq 0 ] || survey_states "$@"
}

# survey_flags TARGET...: sets `locked`. File systems without flags give no line.
survey_flags() {
  command -v lsattr >/dev/null || return 0
  for line in $(run_on "$places" lsattr -d "$@" 2>/dev/null); do
    case ${line%% *} in *[ia]*) locked=$locked$nl${line#* }$nl ;; esac
  done
}

# check_file STEP PATH MOUNT WANTED PLANNED: MOUNT is the path as mountinfo writes it; a state is `absent` or
# `MODE UID GID SHA256`.
check_file() {
  place "$2"
  links=1
  found=absent
  odd=
  if [ -L "$target" ]; then
    odd=symlink
  elif [ -d "$target" ]; then
    odd=folder
  elif [ -f "$target" ]; then
    take_state
  elif [ -e "$target" ]; then
    odd=special_file
  fi
  if [ -n "$odd" ]; then
    unfit_step "$1" "refused $odd"
  elif [ "$found" = "$4" ]; then
    already="$already$1 "
  else
    check_ways "$1" "$3" "$4" "$5"
  fi
}

# check_ways STEP MOUNT WANTED PLANNED: a change is due; could it be made here?
check_ways() {
  if [ ! -d "$folder" ]; then
    odd=missing_folder
  elif [ -n "$root" ] && is_led_out "$folder"; then
    odd=folder_symlink
  elif [ "$links" -gt 1 ]; then
    odd=hard_link
  elif is_listed "$2" "$mounts"; then
    odd=mount_point
  elif is_listed "$target" "$locked" || is_listed "$folder" "$locked"; then
    odd=immutable
  elif [ ! -w "$folder" ]; then
    odd=read_only
  fi
  if [ -n "$odd" ]; then
    unfit_step "$1" "refused $odd"
  elif [ "$found" != "$4" ]; then
    unfit_step "$1" "stale $found"
  fi
}

# check_live STEP FILE WANTED PLANNED
check_live() {
  live_value "$2"
  if [ "$found" = "$3" ]; then
    already="$already$1 "
  elif [ "$found" != "$4" ]; then
    unfit_step "$1" "stale ${found:-absent}"
  fi
}

unfit_step() {
  unfit=yes
  capped "$2"
  frame "check/$1" "$text"
}

# is_fit: may we go on? Says which steps have nothing to do; fails too where all are such.
is_fit() {
  [ -z "$unfit" ] || return 1
  IFS=' '
  for step in $already; do frame "step/$step" already; done
  IFS=$nl
}
