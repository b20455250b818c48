#!/bin/sh
set -eu
case "$1" in
--list) cat <<'EOT'
{"web": {"hosts": ["w1"]}, "empty": {"hosts": []}, "kids": {"children": {"web": {}}}, "_meta": {"hostvars": {"w1": {"__proto__": 1, "constructor": 2}}}}
EOT
;;
--host) echo '{}' ;;
esac
