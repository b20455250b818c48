#!/bin/sh
# What a test's sshd runs in place of every command, and, under another name, a program of the host that a test has a say in.
# A point is `KIND-before` or `KIND-after` of a script, or `program-NAME`. At each: FOLDER/at-POINT gets a line, FOLDER/do-POINT
# is run if it is there, and who finds FOLDER/hold-POINT waits until the test takes that away. What a script prints goes through
# FOLDER/filter-KIND. host-faults.ts is the other side.
faults=/run/faults

# at POINT
at() {
  echo $$ >>"$faults/at-$1"
  # shellcheck disable=SC1090 # the test's own
  [ ! -e "$faults/do-$1" ] || . "$faults/do-$1"
  # The first one that comes waits, not those after it.
  if command -p mv "$faults/hold-$1" "$faults/held-$1" 2>/dev/null; then
    while [ -e "$faults/held-$1" ]; do sleep 0.05; done
  fi
}

# kind_of FILE: which of our scripts it is, by its last lines.
kind_of() {
  case $(tail -n 3 "$1") in
    *'{ reboot_host'*) echo reboot ;;
    *'{ confirm '*) echo confirm ;;
    *'{ revert_'*) echo revert ;;
    *'{ apply '*) echo apply ;;
    *'probe </dev/null'*) echo gather ;;
    *) echo other ;;
  esac
}

name=${0##*/}
if [ "$name" != front ]; then
  at "program-$name"
  PATH=$(printf %s "$PATH" | sed "s|$faults/bin:||g")
  export PATH
  exec "$name" "$@"
fi
# The script is there whole before it runs, so that nothing hangs on how fast it comes.
script=$(mktemp "$faults/script.XXXXXX")
cat >"$script"
kind=$(kind_of "$script")
at "$kind-before"
PATH=$faults/bin:$PATH
export PATH
if [ -e "$faults/filter-$kind" ]; then
  sh -c "$SSH_ORIGINAL_COMMAND" <"$script" | sh "$faults/filter-$kind"
  status=0
else
  sh -c "$SSH_ORIGINAL_COMMAND" <"$script"
  status=$?
fi
at "$kind-after"
exit "$status"
