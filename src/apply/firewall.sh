# A restart of the firewall, as this host's init does it.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# Seconds for one restart. It is never killed: half a restart would be a firewall without rules.
restart_patience=60

is_systemd() { [ -d "$root/run/systemd/system" ]; }

# is_active UNIT
is_active() {
  if [ "$1" = ufw ] && ! grep -qi "^[ 	]*ENABLED=[\"']*yes" "$root/etc/ufw/ufw.conf" 2>/dev/null; then return 1; fi
  if is_systemd; then
    bounded systemctl is-active --quiet "$1.service"
  else
    [ -e "$root/run/openrc/started/$1" ] || [ -e "$root/var/lock/subsys/$1" ]
  fi
}

# name_units SERVICE: sets `units`. The firewall for IPv6 is restarted with the other where it is on.
name_units() {
  case $1 in
    iptables | iptables-services)
      units=iptables
      ! is_active ip6tables || units=$units${nl}ip6tables
      ;;
    *) units=$1 ;;
  esac
}

# check_restart STEP SERVICE EVEN_IF_RULES_DIFFER
check_restart() {
  name_units "$2"
  for unit in $units; do
    is_active "$unit" || { unfit_step "$1" "stale $unit is not active"; return 0; }
  done
  [ -z "$3" ] || return 0
  compare_rules "$2"
  [ -z "$gap" ] || unfit_step "$1" "refused rules_differ $gap"
}

# restart_firewall STEP SERVICE
restart_firewall() {
  name_units "$2"
  if is_systemd; then
    within "$restart_patience" run_on "$units" systemctl restart
  else
    restart_each
  fi
  tell_restart "$1" "$?"
}

restart_each() {
  for unit in $units; do
    if [ -d "$root/run/openrc" ]; then
      within "$restart_patience" rc-service "$unit" restart
    elif command -v service >/dev/null; then
      within "$restart_patience" service "$unit" restart
    else
      within "$restart_patience" "$root/etc/init.d/$unit" restart
    fi || return "$status"
  done
}

# tell_restart STEP STATUS: done is what the init says after it, not only that the program ended well.
tell_restart() {
  words=${error:+"; $error"}
  inactive=
  if [ "$2" = 124 ]; then
    words="no end within $restart_patience s, and it was left to go on$words"
  elif [ "$2" -ne 0 ]; then
    words="exit status $2$words"
  else
    for unit in $units; do is_active "$unit" || inactive=$unit; done
    [ -n "$inactive" ] || { frame "step/$1" "done"; return 0; }
    words="$inactive is not active after its restart$words"
  fi
  capped "$words"
  frame "step/$1" "failed $text"
  return 1
}
