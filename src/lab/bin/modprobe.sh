#!/bin/sh
# modprobe of a practice host: loads what is needed first, gives conntrack the hash size of modprobe.d, and with -r
# unloads what nothing holds.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}
remove='' quiet=''
while :; do
  case ${1-} in
  -r | --remove) remove=yes ;;
  -q | --quiet) quiet=yes ;;
  -a | --all | -v | -b | --) ;;
  -*)
    echo "modprobe: the practice host's modprobe knows -r, -q, -a and -v, not $1" >&2
    exit 1
    ;;
  *) break ;;
  esac
  shift
done

touch "$state/loaded"

is_loaded() { grep -q -e "^$1\$" -e "^$1 " "$state/loaded"; }
needs() { awk -v name="$1" '$1 == name { gsub(",", " ", $3); print $3 }' "$state/loadable"; }

fail() {
  [ -n "$quiet" ] || echo "modprobe: FATAL: $1" >&2
  exit 1
}

# show_modules: /proc/modules, the newest first; a reference for each user and each rule.
show_modules() {
  text=$(awk '
    FILENAME == ARGV[1] { size[$1] = $2; needs[$1] = "," $3 ","; next }
    { order[++n] = $1; rules[$1] = $2 + 0 }
    END {
      for (i = n; i > 0; i--) {
        users = ""
        held = rules[order[i]]
        for (j = 1; j <= n; j++)
          if (index(needs[order[j]], "," order[i] ",")) { users = users order[j] ","; held++ }
        print order[i], (order[i] in size ? size[order[i]] : 16384), held, (users == "" ? "-" : users), "Live 0x0000000000000000"
      }
    }' "$state/loadable" "$state/loaded")
  lab-put "$root/proc/modules" "$text" 0444
}

# hashsize_of MODULE [OPTION...]: options add up over the files, and those of the command line come last.
hashsize_of() {
  module=$1
  shift
  lab-files modprobe.d | {
    while IFS= read -r file; do cat "$file"; done
    if [ -f "$root/etc/modprobe.conf" ]; then cat "$root/etc/modprobe.conf"; fi
    printf 'options %s %s\n' "$module" "$*"
  } | awk -v name="$module" '
    $1 == "options" && $2 == name { for (i = 3; i <= NF; i++) if ($i ~ /^hashsize=[0-9]+$/) size = substr($i, 10) }
    END { print size }'
}

# start_conntrack MODULE HASHSIZE: the hash table is whole pages, and its size makes max eight times as large.
start_conntrack() {
  cp -Rpf "$state/conntrack/." "$root/"
  [ -n "$2" ] && [ "$2" -gt 0 ] || return 0
  read -r page <"$state/page-size"
  buckets=$((($2 * 8 + page - 1) / page * page / 8))
  lab-put "$root/sys/module/$1/parameters/hashsize" "$buckets" 0600
  for key in netfilter/nf_conntrack ipv4/netfilter/ip_conntrack; do set_key "${key}_buckets" "$buckets"; done
  for key in netfilter/nf_conntrack nf_conntrack ipv4/netfilter/ip_conntrack ipv4/ip_conntrack; do
    set_key "${key}_max" $((8 * buckets))
  done
  expected=$((buckets / 256))
  set_key netfilter/nf_conntrack_expect_max $((4 * (expected > 0 ? expected : 1)))
}

# set_key KEY VALUE: of those that this kernel has; its mode stays.
set_key() {
  file=$root/proc/sys/net/$1
  [ -e "$file" ] || return 0
  cp -p "$file" "$file.new"
  chmod u+w "$file.new"
  printf '%s\n' "$2" >"$file.new"
  [ -w "$file" ] || chmod u-w "$file.new"
  mv -f "$file.new" "$file"
}

# load MODULE [OPTION...]
load() {
  if is_loaded "$1"; then
    hold "$1"
    return
  fi
  ! is_locked || fail "could not insert '$1': Operation not permitted"
  grep -q -e "^$1 " "$state/loadable" || fail "Module $1 not found in directory /lib/modules/$(uname -r)"
  for other in $(needs "$1"); do CTFLEET_LAB_RULES='' "$0" "$other" || exit 1; done
  printf '%s\n' "$1" >>"$state/loaded"
  hold "$1"
  case $1 in
  nf_conntrack | ip_conntrack)
    start_conntrack "$1" "$(hashsize_of "$@")"
    lab-udev "$1"
    ;;
  esac
}

# hold MODULE: by as many rules as the firewall says that it has.
hold() {
  [ -n "${CTFLEET_LAB_RULES-}" ] || return 0
  awk -v name="$1" -v rules="$CTFLEET_LAB_RULES" '$1 == name { $2 = rules } { print }' "$state/loaded" >"$state/loaded.new"
  mv "$state/loaded.new" "$state/loaded"
}

is_locked() { [ "$(cat "$root/proc/sys/kernel/modules_disabled" 2>/dev/null)" = 1 ]; }

# stop_conntrack: what the module brought goes with it, and so does every value that was set by hand.
stop_conntrack() {
  (cd "$state/conntrack" && find . -type f) | while IFS= read -r file; do rm -f "$root/$file"; done
  rm -rf "$root/sys/module/nf_conntrack" "$root/sys/module/ip_conntrack"
}

# unload MODULE: not while a rule or another module holds it; what it alone needed goes with it. A module that is not
# loaded is no error.
unload() {
  is_loaded "$1" || return 0
  held=$(awk -v name="$1" '$1 == name { print $3 }' "$root/proc/modules")
  [ "${held:-0}" = 0 ] || fail "Module $1 is in use."
  ! is_locked || fail "Error: could not remove '$1': Operation not permitted"
  awk -v name="$1" '$1 != name' "$state/loaded" >"$state/loaded.new" && mv "$state/loaded.new" "$state/loaded"
  case $1 in
  nf_conntrack | ip_conntrack) stop_conntrack ;;
  esac
  show_modules
  for other in $(needs "$1"); do "$0" -q -r "$other"; done
}

[ $# -gt 0 ] || fail 'missing parameters'
if [ -n "$remove" ]; then
  show_modules
  for module; do
    unload "$module"
  done
else
  load "$@"
  show_modules
fi
