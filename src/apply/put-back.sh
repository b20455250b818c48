# Live values go back: those that we have set, and nobody else has set since.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# Lines `back WHAT` and `left WHAT: WHY`.
report=
# Why the table keeps its size; empty where it may go back.
stays=
# Set where it is only to be told what would be put back.
asks=

# say_back WHAT, and say_left WHAT WHY
say_back() { report="${report}back $1$nl"; }
say_left() {
  capped "$1: $2"
  report="${report}left $(one_line "$text")$nl"
}

# one_line TEXT: error text of a tool may have several.
one_line() {
  case $1 in
    *"$nl"*) emit "$1" | tr '\n' ' ' ;;
    *) emit "$1" ;;
  esac
}

# tell_state NAME FOUND OLD NEW: for whoever asks whether something was changed since.
tell_state() { emit "$1$nl$2$nl$3$nl$4$nl"; }

# now FILE: sets `found`. Not by `read`: a file of /proc/sys gives a reader of single bytes its first one only.
now() { found=$(cat "$root$1" 2>/dev/null); }

# tried ID VALUE: sets `tried` to what the kernel made of our value.
tried() {
  tried=$2
  [ ! -r "$kept/found-$1" ] || tried=$(cat "$kept/found-$1")
}

# weigh ID FILE OLD: an old max that is lower must be at least 1.25 times the entries of now, else max and hash size stay.
weigh() {
  ! is_already "$1" && [ "$3" != 0 ] || return 0
  now "$2"
  [ "$found" = 0 ] || [ "$3" -lt "${found:-0}" ] || return 0
  count=
  for file in /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/ipv4/netfilter/ip_conntrack_count; do
    [ -n "$count" ] || { now "$file"; count=$found; }
  done
  case $count in '' | *[!0-9]*) stays="the count cannot be read"; return 0 ;; esac
  [ "$(($3 * 4))" -ge "$((count * 5))" ] || stays="$count entries are tracked"
}

# put_back ID FILE OLD NEW NAME KIND: KIND is `size` for what makes the table's size, else `value`.
put_back() {
  is_already "$1" && return 0
  now "$2"
  tried "$1" "$4"
  # Another boot makes values anew, and where there is no conntrack now nobody has changed them.
  if [ "$found" != "$tried" ] && is_later_boot; then found=$3; fi
  if [ -n "$asks" ]; then
    tell_state "$5" "${found:-$3}" "$3" "$tried"
  elif [ "$found" = "$3" ]; then
    :
  elif [ -z "$found" ]; then
    say_left "$5" "it is not there now"
  elif [ "$found" != "$tried" ]; then
    say_left "$5 $found" "set by somebody since"
  elif [ "$6" = size ] && [ -n "$stays" ]; then
    say_left "$5 $found" "$stays"
  else
    error=$( { env printf '%s\n' "$3" >"$root$2"; } 2>&1)
    now "$2"
    if [ "$found" = "$3" ]; then say_back "$5 $3"; else say_left "$5 $found" "${error:-the kernel keeps it}"; fi
  fi
}

# back_boot_values: what this boot took from files that have gone back. The first line is the hash size.
back_boot_values() {
  is_our_boot && [ -r "$own/values-boot" ] || return 0
  lines=$(cat "$own/values-boot")
  for line in $lines; do
    case $line in *_conntrack_max:*) weigh boot "${line%%:*}" "${line#*:}" ;; esac
  done
  for line in $lines; do back_boot_value "${line%%:*}" "${line#*:}"; done
}

# back_boot_value FILE OLD
back_boot_value() {
  now "$1"
  [ -n "$found" ] && [ "$found" != "$2" ] || return 0
  case $1 in
    */hashsize | *_conntrack_max) [ -z "$stays" ] || { say_left "$1 $found" "$stays"; return 0; } ;;
  esac
  error=$( { env printf '%s\n' "$2" >"$root$1"; } 2>&1)
  now "$1"
  if [ "$found" = "$2" ]; then say_back "$1 $2"; else say_left "$1 $found" "${error:-the kernel keeps it}"; fi
}
