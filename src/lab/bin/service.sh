#!/bin/sh
# service NAME ACTION and rc-service NAME ACTION, as hosts without systemd have them.
while :; do
  case ${1-} in
  -*) shift ;;
  *) break ;;
  esac
done
case ${2:?} in
status) exec systemctl is-active "${1:?}" ;;
*) exec systemctl "$2" "${1:?}" ;;
esac
