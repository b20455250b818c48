#!/bin/sh
# lab-firewall start|restart: what the start of a practice host's firewall does to conntrack. iptables-services may
# unload the modules first, and applies the sysctl lines that IPTABLES_SYSCTL_LOAD_LIST names afterwards; ufw applies a
# sysctl file of its own. Rules that were not saved are gone.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}
config=$root/etc/sysconfig/iptables-config

# setting NAME: from the admin's file, which is read and not run.
setting() {
  [ ! -f "$config" ] || sed -n "s/^[[:blank:]]*$1=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}.*/\1/p" "$config" | tail -n 1
}

# let_go: the old rules are gone, and hold no module any longer.
let_go() {
  sed 's/ .*//' "$state/loaded" >"$state/loaded.new" && mv "$state/loaded.new" "$state/loaded"
}

# unload_all: the newest first, for what a module needs is older.
unload_all() {
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

take_rules() {
  while read -r tool file; do cat "$root$file" >"$state/rules-$tool"; done <"$state/firewall-saved"
}

ufw_sysctl() {
  grep -qs '^ENABLED=yes' "$root/etc/ufw/ufw.conf" || return 0
  file=$(sed -n 's/^IPT_SYSCTL=//p' "$root/etc/default/ufw")
  [ -z "$file" ] || sysctl -e -q -p - <"$root$file"
}

[ "$1" != restart ] || let_go
if [ "$1" = restart ] && [ -e "$state/firewall-unloads" ] && [ "$(setting IPTABLES_MODULES_UNLOAD)" != no ]; then
  unload_all
fi
take_rules
while read -r module rules; do CTFLEET_LAB_RULES=$rules modprobe -q "$module"; done <"$state/firewall-loads"
reload_values
ufw_sysctl
