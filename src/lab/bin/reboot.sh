#!/bin/sh
# reboot, and shutdown -r now. The practice fleet watches for a file and takes the host down.
if [ "${0##*/}" = shutdown ] && [ "$*" != '-r now' ]; then
  echo "shutdown: the practice host's shutdown knows -r now, not $*" >&2
  exit 1
fi
if [ "$(readlink "${CTFLEET_LAB_ROOT:?}/etc/systemd/system/reboot.target")" = /dev/null ]; then
  echo 'Failed to start reboot.target: Unit reboot.target is masked.' >&2
  exit 1
fi
: >"${CTFLEET_LAB_STATE:?}/reboot"
