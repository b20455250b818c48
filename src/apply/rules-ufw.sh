# ufw: its rules stand in several files, and it makes chains of its own from its default policies.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# compare_ufw: all chains of ufw, and the rules of its files in chains of others. Other rules stay over a restart, unless it
# manages the built-in chains.
compare_ufw() {
  for part in before after; do
    [ ! -x "$root/etc/ufw/$part.init" ] || { untold "/etc/ufw/$part.init is a program"; return 0; }
  done
  compare_ufw_half iptables ''
  [ ! -e "$root/proc/net/if_inet6" ] || compare_ufw_half ip6tables 6
}

# compare_ufw_half TOOL SIX
compare_ufw_half() {
  live_tables "$1" || return 0
  mine='^[a-z]* ufw6*-\|^filter [A-Z]* policy '
  if [ "$2" = 6 ] && [ "$(ufw_default IPV6)" != YES ]; then
    mine='^filter '
    saved=$(emit_closed)
  else
    saved=$(emit_ufw "$2") || { untold "$saved"; return 0; }
  fi
  [ "$(ufw_default MANAGE_BUILTINS)" != YES ] || mine=.
  restored_tables "$1" "/etc/ufw/*$2.rules" "$saved" -n || return 0
  # Which of its chains are there while they are empty depends on its version.
  live=$(emit "$live" | normalise | grep -v ' policy -$')
  saved=$(emit "$saved$nl" | normalise | grep -v ' policy -$')
  others=$(emit "$saved$nl" | grep -v -e "$mine")
  live=$(emit "$live$nl" | grep -e "$mine"; emit "$live$nl" | grep -v -e "$mine" | grep -Fx -e "$others")
  tell_gap "$live" "$(emit "$saved$nl" | grep -e "$mine")$nl$others"
}

# ufw_default NAME: the last value in its file, in capitals.
ufw_default() {
  awk -F = -v "name=$1" '
    $1 ~ "^[ \t]*" name "$" { value = $2; sub(/#.*/, "", value); gsub(/[^A-Za-z]/, "", value) }
    END { print toupper(value) }' "$root/etc/default/ufw" 2>/dev/null
}

# emit_closed: what ufw leaves to IPv6 where it is not to manage it.
emit_closed() {
  emit "*filter$nl:INPUT DROP$nl:FORWARD DROP$nl:OUTPUT DROP$nl-A INPUT -i lo -j ACCEPT$nl-A OUTPUT -o lo -j ACCEPT${nl}COMMIT$nl"
}

# emit_ufw SIX: all that a start of ufw loads, in its order; or what it cannot load, and fails.
emit_ufw() {
  first_file "/etc/ufw/user$1.rules" "/lib/ufw/user$1.rules" "/var/lib/ufw/user$1.rules"
  loaded=
  for file in "/etc/ufw/before$1.rules" "/etc/ufw/after$1.rules" "$first"; do
    rules=$(cat "$root$file" 2>/dev/null) || { emit "$file cannot be read"; return 1; }
    loaded=$loaded$rules$nl
  done
  ufw=ufw$1
  hooks=
  ends=
  emit "*filter$nl"
  for way in input output forward; do
    case $way in input) hook=INPUT ;; output) hook=OUTPUT ;; forward) hook=FORWARD ;; esac
    policy=$(ufw_default "DEFAULT_${hook}_POLICY")
    for part in before-logging before after after-logging reject track; do
      emit ":$ufw-$part-$way -$nl-A $hook -j $ufw-$part-$way$nl"
    done
    for part in skip-to-policy user user-logging; do emit ":$ufw-$part-$way -$nl"; done
    emit "-A $ufw-skip-to-policy-$way -j $policy$nl"
    case $policy in
      REJECT) emit "-A $ufw-reject-$way -j REJECT$nl"; policy=DROP ;;
      ACCEPT) for proto in tcp udp; do emit "-A $ufw-track-$way -p $proto -m conntrack --ctstate NEW -j ACCEPT$nl"; done ;;
    esac
    hooks="$hooks-A $ufw-before-$way -j $ufw-user-$way$nl"
    ends="$ends:$hook $policy$nl"
  done
  for part in logging-deny logging-allow user-limit user-limit-accept; do emit ":$ufw-$part -$nl"; done
  emit "COMMIT$nl$loaded*filter$nl$hooks${ends}COMMIT$nl"
}
