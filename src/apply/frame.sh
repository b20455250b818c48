# The ground that the other parts stand on: the locale, output in counted parts, lists of paths.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# Lost contact must not leave a host half done: what was begun is finished, nobody may be listening.
trap '' HUP INT PIPE TERM
umask 077
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
nl='
'
# Lists are text with a path a line: a path has no line feed, but may have spaces and wildcards.
IFS=$nl
set -f
# `set` with a U is mksh's alone: a character must be a byte when parts are counted.
# shellcheck disable=SC3041
case ${KSH_VERSION-} in *MIRBSD* | *"LEGACY KSH"*) set +U ;; esac

# mksh has no printf of its own, and a process per line is dear.
if [ "$(command -v printf)" = printf ]; then
  emit() { printf '%s' "$1"; }
else
  emit() { print -rn -- "$1"; }
fi

# frame NAME TEXT: one part of the output, as frames.ts reads it. Work goes on where nobody listens any more.
frame() {
  emit "@$nonce $1 ${#2}$nl$2$nl" || :
}

# capped TEXT: sets `text`; error text of a tool is data, and has an end.
capped() {
  text=$1
  [ "${#text}" -le 400 ] || text=$(printf '%.400s' "$text")
}

# run_on LIST COMMAND...: one process, with an argument more for each line of LIST.
run_on() {
  list=$1
  shift
  # shellcheck disable=SC2086 # split at line feeds on purpose
  "$@" $list
}

# is_run NAME: does it look like a run's id?
is_run() {
  case $1 in
    *[!0-9a-fTZ-]*) return 1 ;;
    [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z-?*) return 0 ;;
  esac
  return 1
}

# place PATH: sets `target`, `folder` and `temp` for it. No reader of sysctl.d and its like picks up the temporary name.
place() {
  target=$root$1
  folder=${target%/*}
  [ -n "$folder" ] || folder=/
  temp=$folder/.${target##*/}.ctfleet-$run
}

# is_already STEP: did the check find the wanted state? Then the step has nothing to do.
is_already() {
  case $already in *" $1 "*) return 0 ;; esac
  return 1
}

# start_of LINE: sets `start`, when a process began, from its /proc/PID/stat. Its name stands in brackets and may hold spaces.
start_of() {
  IFS=' '
  # shellcheck disable=SC2086 # split at spaces on purpose
  set -- ${1##*") "}
  IFS=$nl
  start=${20-}
}
