#!/bin/sh
# uname of a practice host, which has a kernel of its own.
root=${CTFLEET_LAB_ROOT:?}
machine=$(cat "${CTFLEET_LAB_STATE:?}/machine")
read -r release <"$root/proc/sys/kernel/osrelease"
read -r name <"$root/etc/hostname"
case ${1--s} in
-m | -p | -i) echo "$machine" ;;
-r) echo "$release" ;;
-n) echo "$name" ;;
-s) echo Linux ;;
-a) echo "Linux $name $release #1 SMP $machine GNU/Linux" ;;
*)
  echo "uname: the practice host's uname knows -a, -m, -n, -r and -s, not $1" >&2
  exit 1
  ;;
esac
