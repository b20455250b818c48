#!/bin/sh
# lab-files FOLDER: the *.conf files of /etc/FOLDER and its like by base name, as a boot reads them; of two with one name
# the first place wins.
root=${CTFLEET_LAB_ROOT:?}
for place in etc run usr/local/lib usr/lib lib; do
  for file in "$root/$place/$1"/*.conf; do
    [ -f "$file" ] && printf '%s %s\n' "${file##*/}" "$file"
  done
done | awk '!seen[$1]++' | LC_ALL=C sort | cut -d ' ' -f 2-
