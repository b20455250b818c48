#!/bin/sh
# unshare -n COMMAND...: what sets rules in there sets none of the practice host.
if [ "${1-}" != -n ]; then
  echo "unshare: the practice host's unshare knows -n, not ${1-}" >&2
  exit 1
fi
shift
CTFLEET_LAB_NAMESPACE=$(mktemp -d "${TMPDIR:?}/namespace.XXXXXX") || exit 1
export CTFLEET_LAB_NAMESPACE
"$@"
status=$?
rm -rf "$CTFLEET_LAB_NAMESPACE"
exit "$status"
