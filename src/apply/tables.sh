# Live rules of the firewall, as its own programs list them. Only where a restart is due: listing rules may load modules.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# untold WHY
untold() { gap="${gap:+$gap; }it cannot be told: $1"; }

# live_tables TOOL: sets `live`. The older iptables lists the tables that the kernel has; without any it is not asked.
live_tables() {
  live=
  flavour=$(bounded "$1-save" -V 2>&1) || { untold "$1-save cannot be run"; return 1; }
  case $1 in ip6*) names=ip6_tables_names ;; *) names=ip_tables_names ;; esac
  case $flavour in
    *nf_tables*) ;;
    *) [ -n "$(cat "$root/proc/net/$names" 2>/dev/null)" ] || return 0 ;;
  esac
  live=$(bounded "$1-save" 2>&1) || { untold "$1-save failed: $live"; return 1; }
  live=$live$nl
}

# name_rule_tools SERVICE: sets `tools`, those that list and load all that a restart of it may change.
name_rule_tools() {
  tools=
  case $1 in
    nftables) wanted=nft ;;
    firewalld) if command -v nft >/dev/null; then wanted=nft; else wanted=iptables${nl}ip6tables; fi ;;
    *) wanted=iptables${nl}ip6tables ;;
  esac
  for tool in $wanted; do
    case $tool in nft) program=nft ;; *) program=$tool-save ;; esac
    ! command -v "$program" >/dev/null || tools=$tools$tool$nl
  done
}

# list_rules TOOL: sets `listed`, text that the tool loads again: without comments, counters at 0.
list_rules() {
  if [ "$1" = nft ]; then
    listed=$(bounded nft -s list ruleset 2>/dev/null) || return 1
  else
    live_tables "$1" || return 1
    listed=$(emit "$live" | sed -e '/^#/d' -e 's/\[[0-9]*:[0-9]*\]/[0:0]/')
  fi
}

# keep_rules STEP SERVICE WHEN: rules as they are before and after a restart, for whoever puts them back.
keep_rules() {
  [ -n "$backup" ] && ! is_already "$1" || return 0
  name_rule_tools "$2"
  for tool in $tools; do
    ! list_rules "$tool" || { emit "$listed$nl" >"$backup/rules-$1-$tool-$3"; } 2>/dev/null || :
  done
}
