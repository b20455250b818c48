#!/bin/sh
# Stands in for modprobe(8) on a private root's /proc/modules: a module that is held cannot go. What it was asked for stands
# in $root/asked; a module in $root/stuck never answers.
set -eu
modules=${root:?}/proc/modules
echo "$*" >>"$root/asked"
for name; do :; done
if grep -qsx "$name" "$root/stuck"; then
  echo "$$" >"$root/stuck-pid"
  exec sleep 60
fi
if grep -qsx "$name" "$root/missing"; then
  echo "modprobe: FATAL: Module $name not found in directory /lib/modules/6.1.0" >&2
  exit 1
fi
if [ "$1" != -r ]; then
  grep -q "^$name " "$modules" || echo "$name 4096 0 - Live 0x0" >>"$modules"
  exit 0
fi
if ! grep -q "^$name [0-9]* 0 " "$modules"; then
  echo "modprobe: FATAL: Module $name is in use." >&2
  exit 1
fi
awk -v name="$name" '
  $1 == name { next }
  { if (gsub("(^|,)" name ",", ",", $4)) { sub(/^,+/, "", $4); $3--; if ($4 == "") $4 = "-" } print }
' "$modules" >"$modules.new"
mv "$modules.new" "$modules"
