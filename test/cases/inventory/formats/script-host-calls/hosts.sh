#!/bin/sh
case "$1" in
--list) echo '{"web": ["w1", "w2"], "db": {"hosts": ["w3"]}}' ;;
--host) case "$2" in w1) echo '{"name": "one", "n": 1}' ;; w2) echo '{}' ;; w3) echo '{}' ;; esac ;;
esac
