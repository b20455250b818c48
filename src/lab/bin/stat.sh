#!/bin/sh
# stat, in which the files of a practice host belong to root, whoever runs it.
if [ "${1-}" = -c ] && [ $# -gt 2 ]; then
  format=$(printf '%s' "$2" | sed 's/%u/0/g; s/%g/0/g; s/%U/root/g; s/%G/root/g')
  shift 2
  exec env PATH="$CTFLEET_LAB_PATH" stat -c "$format" "$@"
fi
exec env PATH="$CTFLEET_LAB_PATH" stat "$@"
