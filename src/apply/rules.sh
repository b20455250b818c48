# Are the live firewall rules those that a restart reads? Only where a restart is due: listing rules may load modules.
# shellcheck disable=SC2154,SC2034,SC2016 # the parts are one script: they share variables; inner shells and awk expand

# compare_rules SERVICE: sets `gap`, empty where live and saved rules are the same. What cannot be told is a gap too.
compare_rules() {
  gap=
  case $1 in
    iptables-services)
      for unit in $units; do compare_tables "$unit" "/etc/sysconfig/$unit"; done
      ;;
    netfilter-persistent)
      compare_tables iptables /etc/iptables/rules.v4
      compare_tables ip6tables /etc/iptables/rules.v6
      ;;
    iptables)
      for unit in $units; do
        case $unit in ip6*) six=6 ;; *) six='' ;; esac
        first_file "/etc/iptables/rules$six-save" "/var/lib/$unit/rules-save"
        compare_tables "$unit" "$first"
      done
      ;;
    ufw) compare_ufw ;;
    firewalld) compare_firewalld ;;
    nftables) compare_nftables ;;
  esac
}

# first_file PATH...: sets `first` to the first that is there, else to the last.
first_file() {
  for first; do [ ! -e "$root$first" ] || return 0; done
}

# compare_tables TOOL FILE: a file that is not there means no rules.
compare_tables() {
  live_tables "$1" || return 0
  saved=
  if [ -e "$root$2" ]; then
    saved=$(cat "$root$2" 2>/dev/null) || { untold "$2 cannot be read"; return 0; }
    if in_own_network true; then
      restored_tables "$1" "$2" "$saved" || return 0
    elif ! is_plain_text "$saved"; then
      untold "$2 has lines that only $1-restore understands, and unshare cannot be used here"
      return 0
    fi
  fi
  tell_gap "$(emit "$live" | normalise)" "$(emit "$saved$nl" | normalise)"
}

in_own_network() { bounded unshare -n "$@" 2>/dev/null; }

# restored_tables TOOL NAME TEXT [OPTION]: sets `saved` to what the kernel has after TEXT, in a network namespace that goes
# at once. One rule has many spellings, and only the tool itself knows what a line does.
restored_tables() {
  # shellcheck disable=SC2086 # an option or none
  saved=$(emit "$3$nl" | bounded unshare -n sh -c '"$@" && "${1%-restore}-save"' sh "$1-restore" ${4-} 2>&1) && return 0
  untold "$1-restore does not read $2: $saved"
  return 1
}

# is_plain_text TEXT: nothing but chains and rules at the end of them, in whole tables?
is_plain_text() {
  emit "$1$nl" | awk '
    /^[ \t]*(#|$)/ || (inside && /^(\[[0-9]+:[0-9]+\] )?(-A|:)/) { next }
    /^\*/ && !inside { inside = 1; next }
    /^COMMIT[ \t\r]*$/ && inside { inside = 0; next }
    { odd = 1 }
    END { exit odd || inside }'
}

# normalise: lines `TABLE CHAIN RULE` without comments, counters and the default policy; the order of rules stays.
normalise() {
  awk '
    { sub(/[ \t\r]+$/, "") }
    /^\*/ { table = substr($0, 2); next }
    /^:/ && $2 == "ACCEPT" { next }
    /^:/ { print table, substr($1, 2), "000000", "policy", $2; next }
    { sub(/^\[[0-9]+:[0-9]+\] */, "") }
    /^-A / { printf "%s %s %06d %s\n", table, $2, ++count, $0 }
  ' | sort | cut -d ' ' -f 1,2,4-
}

# tell_gap LIVE SAVED: adds the first differing lines to `gap`.
tell_gap() {
  said=$(emit "$1$nl==$nl$2$nl" | awk '
    function say(line) { if (++said <= 3) printf "%s%s", (said > 1 ? "; " : ""), substr(line, 1, 120) }
    $0 == "==" { half = 1; next }
    $0 == "" { next }
    half { saved[++m] = $0; is_saved[$0]; next }
    { live[++n] = $0; is_live[$0] }
    END {
      for (i = 1; i <= n; i++) if (!(live[i] in is_saved)) say("only live: " live[i])
      for (i = 1; i <= m; i++) if (!(saved[i] in is_live)) say("only saved: " saved[i])
      for (i = 1; !said && i <= n; i++) if (live[i] != saved[i]) say("in another order: " live[i])
      if (!said && n != m) say("more than once: " (n > m ? live[n] : saved[m]))
    }')
  [ -z "$said" ] || gap="${gap:+$gap; }$said"
}
