#!/bin/sh
# Whoever runs the practice fleet, on its hosts the login is root.
case ${1-} in
-u | -g | -G) echo 0 ;;
-un | -gn | -Gn | -nu) echo root ;;
'') echo 'uid=0(root) gid=0(root) groups=0(root)' ;;
*)
  echo "id: the practice host's id knows -u, -g, -un and -gn, not $*" >&2
  exit 1
  ;;
esac
