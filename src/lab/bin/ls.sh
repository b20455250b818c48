#!/bin/sh
# ls, in which the files of a practice host belong to root, whoever runs it.
PATH=$CTFLEET_LAB_PATH
export PATH
# shellcheck disable=SC2012 # the output of ls itself is what is wanted
case ${1-} in
-*[ln]*) ls "$@" | sed "s/^\([^ ]\{10,\}  *[0-9]\{1,\}  *\)$CTFLEET_LAB_OWNER  *$CTFLEET_LAB_GROUP /\10 0 /" ;;
*) exec ls "$@" ;;
esac
