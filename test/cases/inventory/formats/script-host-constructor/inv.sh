#!/bin/sh
# Named as what every JavaScript object has.
case $1 in
--list) echo '{"web": {"hosts": ["constructor", "toString"]}}' ;;
*) echo "{\"asked\": \"$2\"}" ;;
esac
