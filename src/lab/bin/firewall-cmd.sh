#!/bin/sh
# firewall-cmd of a practice host, whose zones are as they were saved.
if ! grep -qs '^firewalld active' "${CTFLEET_LAB_STATE:?}/services"; then
  echo 'FirewallD is not running' >&2
  exit 252
fi
case $* in
--state) echo running ;;
*--list-all-zones) printf 'public (active)\n  target: default\n  interfaces: eth0\n  services: dhcpv6-client ssh\n\n' ;;
*--direct\ --get-all-*) ;;
*)
  echo "firewall-cmd: the practice host's cannot do: $*" >&2
  exit 2
  ;;
esac
