#!/bin/sh
# systemctl of a practice host: show, is-active, is-enabled, restart of its firewall, stop of a timer, reboot.
services=${CTFLEET_LAB_STATE:?}/services
timers=$CTFLEET_LAB_STATE/timers

unknown() {
  echo "systemctl: the practice host's systemctl cannot do: $*" >&2
  exit 1
}

# field NAME NUMBER: from a line `NAME ACTIVE ENABLED`; empty for a service that the host does not have.
field() { awk -v name="${1%.service}" -v field="$2" '$1 == name { print $field }' "$services"; }

# stop_timer NAME: with all that it has started; a service of the name is not a timer's business.
stop_timer() {
  [ -e "$timers/${1%.service}" ] || return 0
  read -r pid <"$timers/${1%.service}"
  rm -f "$timers/${1%.service}"
  kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null
}

show() {
  for unit; do
    case $unit in
    *.service) ;;
    *) continue ;;
    esac
    active=$(field "$unit" 2)
    printf 'Id=%s\nLoadState=%s\nActiveState=%s\nUnitFileState=%s\n\n' "$unit" "${active:+loaded}${active:-not-found}" \
      "${active:-inactive}" "$(field "$unit" 3)"
  done | sed 's/^LoadState=loaded.*/LoadState=loaded/'
}

# Options may stand before the command.
quiet=''
while :; do
  case ${1-} in
  -q | --quiet) quiet=yes ;;
  -*) ;;
  *) break ;;
  esac
  shift
done
command=${1-}
[ $# -eq 0 ] || shift
case ${1-} in
-q | --quiet) quiet=yes && shift ;;
esac
case $command in
show) show "$@" ;;
is-active)
  active=$(field "$1" 2)
  [ ! -e "$timers/${1%.timer}" ] || active=active
  [ -n "$quiet" ] || echo "${active:-inactive}"
  [ "$active" = active ]
  ;;
is-enabled)
  enabled=$(field "$1" 3)
  [ -n "$quiet" ] || echo "${enabled:-disabled}"
  [ "$enabled" = enabled ]
  ;;
restart | reload | reload-or-restart | try-restart)
  if [ -z "$(field "$1" 2)" ]; then
    echo "Failed to $command ${1%.service}.service: Unit ${1%.service}.service not found." >&2
    exit 5
  fi
  lab-firewall restart
  ;;
stop)
  for unit; do stop_timer "${unit%.timer}"; done
  ;;
reset-failed) ;;
reboot) reboot ;;
daemon-reload) ;;
*) unknown "$command $*" ;;
esac
