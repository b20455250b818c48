#!/bin/sh
# service NAME ACTION, as hosts without systemd have it.
exec systemctl "${2:?}" "${1:?}"
