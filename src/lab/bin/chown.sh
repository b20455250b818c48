#!/bin/sh
# chown: everything on a practice host belongs to root, and that is all it can belong to.
case ${1-} in
0:0 | 0 | root | root:root | root: | 0:) ;;
*)
  echo "chown: on a practice host files belong to root only, not to ${1-}" >&2
  exit 1
  ;;
esac
