#!/bin/sh
set -eu
case "$1" in
--list) cat <<'EOT'
{"web": {"hosts": ["w1", "w2"], "vars": {"x": 1, "l": [1, {"a": null}]}, "children": []}, "all": {"children": ["web", "ungrouped"]}, "site": {"children": ["web"]}, "_meta": {"hostvars": {"w1": {"a": "b", "n": 1e2}, "stranger": {"z": 1}}}}
EOT
;;
--host) echo '{}' ;;
esac
