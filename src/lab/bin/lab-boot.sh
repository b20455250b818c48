#!/bin/sh
# One boot of a practice host, from its files alone: what was set by hand is gone, and what stands in files comes back
# in the order in which this host's init reads it.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}

forget_the_last_boot() {
  (cd "$state/conntrack" && find . -type f) | while IFS= read -r file; do rm -f "$root/$file"; done
  rm -rf "$root/sys/module/nf_conntrack" "$root/sys/module/ip_conntrack"
  : >"$state/loaded"
  lab-put "$root/proc/modules" '' 0444
  [ ! -f "$state/log" ] || printf '[    0.000000] Linux version %s\n' "$(uname -r)" >"$state/log"
  lab-put "$root/proc/sys/kernel/random/boot_id" "$(cat /proc/sys/kernel/random/uuid)" 0444
}

# start_builtin: a hash size for conntrack that is built in comes from the kernel's command line.
start_builtin() {
  cp -Rpf "$state/conntrack/." "$root/"
  size=$(sed -n 's/.*nf_conntrack\.hashsize=\([0-9]*\).*/\1/p' "$root/proc/cmdline")
  [ -n "$size" ] || return 0
  lab-put "$root/sys/module/nf_conntrack/parameters/hashsize" "$size" 0600
  for key in netfilter/nf_conntrack_max nf_conntrack_max; do lab-put "$root/proc/sys/net/$key" $((8 * size)) 0644; done
}

# load_listed: names from text on standard input, a word each.
load_listed() {
  while read -r module rest; do
    case $module in
    '' | '#'* | ';'*) ;;
    *) modprobe -q "$module" "$rest" ;;
    esac
  done
}

modules_load() {
  lab-files modules-load.d | while IFS= read -r file; do load_listed <"$file"; done
  if [ -f "$root/etc/modules" ]; then load_listed <"$root/etc/modules"; fi
}

# sysconfig_modules: scripts of the admin. They are not run here, only their modprobe lines are heeded.
sysconfig_modules() {
  for file in "$root"/etc/sysconfig/modules/*.modules; do
    [ -x "$file" ] && sed -n 's/^[[:blank:]]*\(exec[[:blank:]]*\)\{0,1\}\(\/sbin\/\)\{0,1\}modprobe[[:blank:]]\{1,\}\([[:alnum:]_]*\).*/\3/p' "$file" | load_listed
  done
}

# systemd does not read sysctl.conf, unless a link in sysctl.d leads there.
systemd_sysctl() {
  lab-files sysctl.d | while IFS= read -r file; do sysctl -e -q -p - <"$file"; done
}

old_sysctl() {
  [ ! -f "$root/etc/sysctl.conf" ] || sysctl -e -q -p - <"$root/etc/sysctl.conf"
  case $(uname -r) in
  2.6.18-*) ;;
  *) systemd_sysctl ;;
  esac
}

# rc_local: of the admin's last script only the line that sets the hash size counts here.
rc_local() {
  [ -x "$root/etc/rc.d/rc.local" ] || return 0
  size=$(sed -n 's/^[[:blank:]]*echo[[:blank:]]*\([0-9]*\)[[:blank:]]*>[[:blank:]]*\/sys\/module\/nf_conntrack\/parameters\/hashsize.*/\1/p' "$root/etc/rc.d/rc.local")
  [ -z "$size" ] || lab-put "$root/sys/module/nf_conntrack/parameters/hashsize" "$size" 0600
}

forget_the_last_boot
[ ! -e "$state/builtin" ] || start_builtin
case $(cat "$state/init") in
systemd)
  modules_load
  systemd_sysctl
  ;;
openrc)
  modules_load
  sysctl -e -q --system
  ;;
sysv)
  sysconfig_modules
  old_sysctl
  ;;
esac
lab-firewall start
rc_local
exit 0
