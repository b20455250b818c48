#!/bin/sh
# lab-files FOLDER [ENDING]: the *.conf files of /etc/FOLDER and its like by base name, as a boot reads them; of two with
# one name the first place wins, also where it is a link to /dev/null or leads nowhere.
root=${CTFLEET_LAB_FILES:-${CTFLEET_LAB_ROOT:?}}
for place in etc run usr/local/lib usr/lib lib; do
  for file in "$root/$place/$1"/*."${2:-conf}"; do
    if [ -e "$file" ] || [ -h "$file" ]; then printf '%s %s\n' "${file##*/}" "$file"; fi
  done
done | awk '!seen[$1]++' | LC_ALL=C sort | cut -d ' ' -f 2- | while IFS= read -r file; do
  if [ -f "$file" ]; then printf '%s\n' "$file"; fi
done
