#!/bin/sh
# Whoever runs the practice fleet, on most of its hosts the login is root.
read -r uid <"${CTFLEET_LAB_STATE:?}/uid"
name=root
[ "$uid" = 0 ] || name=deploy
case ${1-} in
-u | -g | -G) echo "$uid" ;;
-un | -gn | -Gn | -nu) echo "$name" ;;
'') echo "uid=$uid($name) gid=$uid($name) groups=$uid($name)" ;;
*)
  echo "id: the practice host's id knows -u, -g, -un and -gn, not $*" >&2
  exit 1
  ;;
esac
