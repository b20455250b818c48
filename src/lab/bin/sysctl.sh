#!/bin/sh
# sysctl of a practice host: -w KEY=VALUE, KEY, -n, -e, -q, -p [FILE], --system; on its own /proc/sys.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}
failed=0 only_value='' ignore='' quiet='' mode=''

path_of() { printf '%s/proc/sys/%s' "$root" "$(printf '%s' "$1" | tr . /)"; }

# complain TEXT
complain() {
  failed=1
  [ -n "$ignore" ] || printf 'sysctl: %s\n' "$1" >&2
}

# set_key KEY VALUE
set_key() {
  file=$(path_of "$1")
  if [ ! -e "$file" ]; then
    complain "cannot stat /proc/sys/$(printf '%s' "$1" | tr . /): No such file or directory"
  elif [ ! -w "$file" ]; then
    complain "permission denied on key '$1'"
  else
    printf '%s\n' "$2" >"$file"
    [ -n "$quiet" ] || printf '%s = %s\n' "$1" "$2"
  fi
}

# show_key KEY
show_key() {
  file=$(path_of "$1")
  if [ ! -r "$file" ]; then
    complain "cannot stat /proc/sys/$(printf '%s' "$1" | tr . /): No such file or directory"
  elif [ -n "$only_value" ]; then
    cat "$file"
  else
    printf '%s = %s\n' "$1" "$(cat "$file")"
  fi
}

# apply: settings from standard input; a key may be written with slashes, and a leading `-` forgives.
apply() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    *=*) ;;
    *) continue ;;
    esac
    key=$(printf '%s' "${line%%=*}" | tr -d ' \t' | tr / .)
    value=$(printf '%s' "${line#*=}" | sed 's/^[[:blank:]]*//; s/[[:blank:]]*$//')
    case $key in
    '#'* | ';'*) ;;
    -*) (ignore=yes && set_key "${key#-}" "$value") ;;
    *) set_key "$key" "$value" ;;
    esac
  done
}

# apply_all: every file of sysctl.d in order, then sysctl.conf.
apply_all() {
  lab-files sysctl.d >"$state/sysctl-files"
  [ ! -f "$root/etc/sysctl.conf" ] || printf '%s\n' "$root/etc/sysctl.conf" >>"$state/sysctl-files"
  while IFS= read -r list; do
    [ -n "$quiet" ] || printf '* Applying %s ...\n' "${list#"$root"}"
    apply <"$list"
  done <"$state/sysctl-files"
}

while [ $# -gt 0 ]; do
  case $1 in
  -n) only_value=yes ;;
  -e) ignore=yes ;;
  -q) quiet=yes ;;
  -w) ;;
  -p | --system) mode=$1 ;;
  -) break ;;
  -*)
    echo "sysctl: the practice host's sysctl knows -n, -e, -q, -w, -p and --system, not $1" >&2
    exit 1
    ;;
  *) break ;;
  esac
  shift
done

case $mode in
--system) apply_all ;;
-p)
  case ${1-/etc/sysctl.conf} in
  -) apply ;;
  *) apply <"$root/${1-etc/sysctl.conf}" ;;
  esac
  ;;
*)
  for word; do
    case $word in
    *=*) set_key "${word%%=*}" "${word#*=}" ;;
    *) show_key "$word" ;;
    esac
  done
  ;;
esac
[ -n "$ignore" ] || exit "$failed"
