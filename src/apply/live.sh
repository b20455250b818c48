# Live values, in the order of the plan. A key that is refused does not hold up the others: each has its own result.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# find_hashsize: sets `hashsize`, by the name of the module on this kernel.
find_hashsize() {
  hashsize=/sys/module/nf_conntrack/parameters/hashsize
  old=/sys/module/ip_conntrack/parameters/hashsize
  if [ ! -e "$root$hashsize" ] && [ -e "$root$old" ]; then hashsize=$old; fi
}

# survey_live FILE...: sets `values`, a line `FILE:VALUE` each. Never by the shell's own `read`: some read byte by byte,
# and a file of /proc/sys gives its first byte only to such a reader.
survey_live() {
  for file; do
    shift
    [ ! -r "$root$file" ] || set -- "$@" "$root$file"
  done
  values=
  [ $# -eq 0 ] || values=$(grep -H '' "$@" 2>/dev/null)
}

# live_value FILE: sets `found`; empty where it could not be read.
live_value() {
  found=
  for line in $values; do
    case $line in "$root$1:"*) found=${line#"$root$1:"} ;; esac
  done
}

# set_live STEP FILE VALUE: keeps the error text for tell_live, in a variable named for the step.
set_live() {
  is_already "$1" && return 0
  error=$( { emit "$3$nl" >"$root$2"; } 2>&1) || again_with_reason "$2" "$3"
  eval "error_$1=\$error"
}

# again_with_reason FILE VALUE: dash's printf says `I/O error` for everything; the program names the kernel's reason.
again_with_reason() {
  error=$( { env printf '%s\n' "$2" >"$root$1"; } 2>&1)
}

# tell_live STEP FILE VALUE: what the kernel has now is the result, whatever the write said.
tell_live() {
  is_already "$1" && return 0
  live_value "$2"
  eval "error=\$error_$1"
  if [ "$found" = "$3" ]; then
    frame "step/$1" "done"
  elif [ -n "$error" ]; then
    capped "$error"
    frame "step/$1" "failed $text"
  else
    # Who puts the value back compares with this.
    { emit "$found" >"$backup/found-$1"; } 2>/dev/null || :
    frame "step/$1" "differs $found"
  fi
}

# settle ID FILE VALUE: a reload may have brought the value itself.
settle() {
  live_value "$2"
  [ "$found" != "$3" ] || { already="$already$1 "; frame "step/$1" already; }
}

# set_grown ID FILE VALUE, and set_shrunk: the one that fits sets it.
set_grown() { ! is_growing "$2" "$3" || set_live "$@"; }
set_shrunk() { is_growing "$2" "$3" || set_live "$@"; }

# is_growing FILE VALUE: by the values of the last survey.
is_growing() {
  live_value "$1"
  case $found in '' | *[!0-9]*) return 1 ;; esac
  [ "$2" -gt "$found" ]
}
