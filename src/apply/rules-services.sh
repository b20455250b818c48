# Firewalls with words of their own: what firewalld and nftables run with against what they will read.
# shellcheck disable=SC2154,SC2034,SC2016 # the parts are one script: they share variables; inner shells and awk expand

# compare_firewalld: NetworkManager gives interfaces again, so they are left out.
compare_firewalld() {
  [ "$(bounded firewall-cmd --state 2>&1)" = running ] || { untold "firewall-cmd does not say that it runs"; return 0; }
  kinds=zones
  ! bounded firewall-cmd --help 2>/dev/null | grep -q -e --list-all-policies || kinds=zones${nl}policies
  live=$(firewalld_rules) || { untold "firewall-cmd failed"; return 0; }
  saved=$(firewalld_rules --permanent) || { untold "firewall-cmd --permanent failed"; return 0; }
  denied=$(bounded firewall-cmd --get-log-denied 2>/dev/null) || { untold "firewall-cmd --get-log-denied failed"; return 0; }
  tell_gap "$live${nl}log-denied $denied" "$saved${nl}log-denied $(saved_log_denied)"
}

# saved_log_denied: it has no permanent twin in firewall-cmd; without a line it is off.
saved_log_denied() {
  awk -F = '
    $1 ~ /^[ \t]*LogDenied[ \t]*$/ { gsub(/[ \t\r]/, "", $2); denied = tolower($2) }
    END { print denied == "" ? "off" : denied }' "$root/etc/firewalld/firewalld.conf" 2>/dev/null || emit off
}

# firewalld_rules [--permanent]
firewalld_rules() {
  for kind in $kinds; do
    listed=$(bounded firewall-cmd "$@" "--list-all-$kind" 2>/dev/null) || return 1
    emit "$listed$nl" | awk -v "kind=$kind" '
      /^[^ \t]/ { name = $1; print kind, name; next }
      /^[ \t]*interfaces:/ { next }
      NF { gsub(/[ \t]+/, " "); sub(/ $/, ""); print name $0 }
    ' | sort
  done
  firewalld_sets "$@" || return 1
  for kind in chains rules passthroughs; do
    listed=$(bounded firewall-cmd "$@" --direct "--get-all-$kind" 2>/dev/null) || return 1
    emit "$listed$nl"
  done
}

# firewalld_sets [--permanent]: the order of a set's entries means nothing.
firewalld_sets() {
  listed=$(bounded firewall-cmd "$@" --get-ipsets 2>/dev/null) || return 1
  for name in $(emit "$listed$nl" | awk '{ for (i = 1; i <= NF; i++) print $i }' | sort); do
    listed=$(bounded firewall-cmd "$@" "--info-ipset=$name" 2>/dev/null) || return 1
    emit "$listed$nl" | awk -v "name=$name" '
      /^[ \t]/ { key = $1; print "ipset", name, key; for (i = 2; i <= NF; i++) print "ipset", name, key, $i }' | sort
  done
}

# compare_nftables: its file, read by nft itself in a network namespace that goes at once.
compare_nftables() {
  name_nftables || return 0
  live=$(bounded nft -s list ruleset 2>&1) || { untold "nft failed: $live"; return 0; }
  saved=$(bounded unshare -n sh -c 'nft -f "$1" && nft -s list ruleset' sh "$root$first" 2>&1) ||
    { untold "nft does not read $first: $saved"; return 0; }
  tell_gap "$live" "$saved"
}

# name_nftables: sets `first` to the file that the service reads. Where several are there, only the unit knows which.
name_nftables() {
  set -- /etc/nftables.conf /etc/sysconfig/nftables.conf /etc/nftables.nft
  first_file "$@"
  there=0
  for path; do [ ! -e "$root$path" ] || there=$((there + 1)); done
  [ "$there" -gt 1 ] || return 0
  command=
  ! is_systemd || command=$(bounded systemctl show -p ExecStart nftables.service 2>/dev/null)
  named=
  for path; do
    case $command in *[\ \"\'=]"$path"[\ \"\'\;]*) named=$named$path$nl ;; esac
  done
  first=${named%"$nl"}
  case $first in
    '' | *"$nl"*) untold "the unit of nftables does not say which of its files it reads"; return 1 ;;
  esac
}
