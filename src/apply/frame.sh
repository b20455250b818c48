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

# is_listed LINE LIST: LIST has a line feed at its beginning, too.
is_listed() {
  case $2 in *"$nl$1$nl"*) return 0 ;; esac
  return 1
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

# first_line FILE: sets `line`, empty where there is none.
first_line() {
  line=
  { [ ! -r "$1" ] || read -r line <"$1"; } 2>/dev/null
}

# see_clock: sets `boot` and `up`, this boot and its whole seconds, `up_exactly` too. A folder that is no host has none. By the
# kernel's own seconds, which no change of the wall clock moves.
boot=
see_clock() {
  boot_file=$root/proc/sys/kernel/random/boot_id
  [ -n "$boot" ] || [ ! -r "$boot_file" ] || boot=$(cat "$boot_file" 2>/dev/null)
  up_exactly=
  { [ ! -r "$root/proc/uptime" ] || read -r up_exactly <"$root/proc/uptime"; } 2>/dev/null
  up_exactly=${up_exactly%% *}
  up=${up_exactly%%.*}
  [ -n "$boot" ] && [ -n "$up" ]
}

# still_runs FILE: does the process run that wrote `PID START` there? Sets `pid`.
still_runs() {
  first_line "$1"
  noted=$line
  pid=${noted%% *}
  start=
  first_line "$root/proc/$pid/stat"
  [ -z "$noted" ] || [ -z "$line" ] || start_of "$line"
  [ -n "$start" ] && [ "$noted" = "$pid $start" ]
}

# note_process FILE: writes `PID START` of this shell there. Where that cannot be read or written, nobody waits for it.
note_process() {
  first_line "$root/proc/$$/stat"
  [ -n "$line" ] || return 0
  start_of "$line"
  { emit "$$ $start$nl" >"$1"; } 2>/dev/null || :
}
