#!/bin/sh
# lsmod of a practice host.
awk 'BEGIN { printf "%-23s %7s  Used by\n", "Module", "Size" }
  { users = $4; sub(/,$/, "", users); if (users == "-") users = ""; printf "%-23s %7s  %s %s\n", $1, $2, $3, users }' \
  "${CTFLEET_LAB_ROOT:?}/proc/modules"
