#!/bin/sh
# lab-firewall start|restart: what the start of a practice host's firewall does to conntrack. iptables-services may
# unload the modules first, and applies the sysctl lines that IPTABLES_SYSCTL_LOAD_LIST names afterwards.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}
config=$root/etc/sysconfig/iptables-config

# setting NAME: from the admin's file, which is read and not run.
setting() {
  [ ! -f "$config" ] || sed -n "s/^[[:blank:]]*$1=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}.*/\1/p" "$config" | tail -n 1
}

# unload_all: the rules are gone by now, and no longer hold a module. The newest first: what a module needs is older.
unload_all() {
  sed 's/ .*//' "$state/loaded" >"$state/loaded.new" && mv "$state/loaded.new" "$state/loaded"
  sed -n 's/ .*//; /^[nix][fpt]_/p; /^iptable_nat/p' "$root/proc/modules" >"$state/unloading"
  while IFS= read -r module; do modprobe -q -r "$module"; done <"$state/unloading"
}

reload_values() {
  list=$(setting IPTABLES_SYSCTL_LOAD_LIST)
  [ -n "$list" ] || return 0
  for item in $list; do
    while IFS= read -r glob; do
      # shellcheck disable=SC2086 # a glob of the package's own, to be expanded
      grep -hsF -e "$item" "$root"$glob
    done <"$state/firewall-reloads-from" | sysctl -e -q -p -
  done
}

if [ "$1" = restart ] && [ -e "$state/firewall-unloads" ] && [ "$(setting IPTABLES_MODULES_UNLOAD)" != no ]; then
  unload_all
fi
while IFS= read -r module; do modprobe -q "$module"; done <"$state/firewall-loads"
reload_values
