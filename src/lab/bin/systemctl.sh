#!/bin/sh
# systemctl of a practice host: show, is-active, is-enabled, restart of its firewall, reboot, daemon-reload.
services=${CTFLEET_LAB_STATE:?}/services

unknown() {
  echo "systemctl: the practice host's systemctl cannot do: $*" >&2
  exit 1
}

# field NAME NUMBER: from a line `NAME ACTIVE ENABLED`; empty for a service that the host does not have.
field() { awk -v name="${1%.service}" -v field="$2" '$1 == name { print $field }' "$services"; }

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

command=${1-}
[ $# -eq 0 ] || shift
case $command in
show) show "$@" ;;
is-active)
  active=$(field "$1" 2)
  echo "${active:-inactive}"
  [ "$active" = active ]
  ;;
is-enabled)
  enabled=$(field "$1" 3)
  echo "${enabled:-disabled}"
  [ "$enabled" = enabled ]
  ;;
restart | reload)
  [ -n "$(field "$1" 2)" ] || unknown "$command $1: no such service"
  lab-firewall restart
  ;;
reboot) reboot ;;
daemon-reload) ;;
*) unknown "$command $*" ;;
esac
