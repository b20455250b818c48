#!/bin/sh
# lab-udev MODULE: a module was added. Of the rules for that only those count here that apply sysctl.d again.
[ -d "${CTFLEET_LAB_ROOT:?}/run/systemd/system" ] || exit 0
lab-files udev/rules.d rules | while IFS= read -r file; do
  # shellcheck disable=SC2016 # for awk to read
  awk -v module="$1" '
    /^[ \t]*#/ { next }
    /ACTION=="add"/ && /SUBSYSTEM=="module"/ && index($0, "KERNEL==\"" module "\"") && /systemd-sysctl/ {
      line = $0
      prefixes = "-"
      while (match(line, /--prefix=[^ "]+/)) {
        prefixes = prefixes " " substr(line, RSTART + 9, RLENGTH - 9)
        line = substr(line, RSTART + RLENGTH)
      }
      print prefixes
    }' "$file"
done | while read -r _ prefixes; do
  # shellcheck disable=SC2086 # words
  lab-sysctl-d $prefixes
done
