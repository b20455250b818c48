#!/bin/sh
# systemd-run of a practice host: --on-active=SECONDS really waits, and outlives the connection but not the host.
state=${CTFLEET_LAB_STATE:?}
wait='' unit=run-$$
while [ $# -gt 0 ]; do
  case $1 in
  --on-active=*) wait=${1#*=} ;;
  --unit=*) unit=${1#*=} ;;
  --) shift && break ;;
  -*) ;;
  *) break ;;
  esac
  shift
done
wait=${wait%s}
case $wait in
'' | *[!0-9]*)
  echo "systemd-run: the practice host's systemd-run knows --on-active=SECONDS, not $wait" >&2
  exit 1
  ;;
esac
timer=$state/timers/${unit%.timer}
if [ -e "$timer" ]; then
  echo "Failed to start transient timer unit: Unit ${unit%.timer}.timer was already loaded" >&2
  exit 1
fi
# shellcheck disable=SC2016 # for the other shell
setsid sh -c 'echo $$ >"$1"; sleep "$2"; rm -f "$1"; shift 2; exec "$@"' sh "$timer" "$wait" "$@" </dev/null >/dev/null 2>&1 &
echo "Running timer as unit: ${unit%.timer}.timer" >&2
