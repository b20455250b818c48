#!/bin/sh
# lab-sysctl-d [PREFIX...]: applies sysctl.d as systemd-sysctl does; with prefixes (/net/netfilter) only what they begin.
lab-files sysctl.d | while IFS= read -r file; do
  cat "$file"
  echo
done | awk -v prefixes="$*" '
  BEGIN { n = split(prefixes, wanted, " ") }
  {
    key = $0
    sub(/=.*/, "", key)
    gsub(/[ \t]/, "", key)
    sub(/^-/, "", key)
    gsub(/\./, "/", key)
    sub(/^\/*/, "/", key)
    fits = n == 0
    for (i = 1; i <= n; i++) if (index(key, wanted[i]) == 1) fits = 1
    if (fits) print
  }' | sysctl -e -q -p -
