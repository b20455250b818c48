#!/bin/sh
# lab-put FILE TEXT MODE: what the kernel does to a file of /proc or /sys, also to one that nobody may write.
rm -f "$1"
{ [ -z "$2" ] || printf '%s\n' "$2"; } >"$1" && chmod "$3" "$1"
