#!/bin/sh
# One boot of a practice host, from its files alone: what was set by hand is gone, and what stands in files comes back
# in the order in which this host's init reads it.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}

forget_the_last_boot() {
  (cd "$state/conntrack" && find . -type f) | while IFS= read -r file; do rm -f "$root/$file"; done
  rm -rf "$root/sys/module/nf_conntrack" "$root/sys/module/ip_conntrack"
  : >"$state/loaded"
  rm -rf "$state/timers" "$root/run/systemd/inhibit" && mkdir "$state/timers"
  lab-put "$root/proc/modules" '' 0444
  # What locks modules is a service that comes after all that loads them.
  locked=$(cat "$root/proc/sys/kernel/modules_disabled" 2>/dev/null)
  [ "$locked" != 1 ] || lab-put "$root/proc/sys/kernel/modules_disabled" 0 0644
  [ ! -f "$state/log" ] || printf '[    0.000000] Linux version %s\n' "$(uname -r)" >"$state/log"
  new_boot_id
}

new_boot_id() { lab-put "$root/proc/sys/kernel/random/boot_id" "$(cat /proc/sys/kernel/random/uuid)" 0444; }

# open_image: the initramfs loads what it was told to, with the options of its own copy of modprobe.d.
open_image() {
  while IFS= read -r module; do CTFLEET_LAB_FILES=$state/image modprobe -q "$module"; done <"$state/image-loads"
}

# start_builtin: a hash size for conntrack that is built in comes from the kernel's command line.
start_builtin() {
  cp -Rpf "$state/conntrack/." "$root/"
  size=$(sed -n 's/.*nf_conntrack\.hashsize=\([0-9]*\).*/\1/p' "$root/proc/cmdline")
  [ -n "$size" ] || return 0
  lab-put "$root/sys/module/nf_conntrack/parameters/hashsize" "$size" 0600
  for key in netfilter/nf_conntrack_max nf_conntrack_max; do lab-put "$root/proc/sys/net/$key" $((8 * size)) 0644; done
  lab-put "$root/proc/sys/net/netfilter/nf_conntrack_expect_max" $((size / 64)) 0644
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

# old_sysctl: rc.sysinit, and the network script once more; since EL6 every file of sysctl.d, whatever it ends in.
old_sysctl() {
  [ ! -f "$root/etc/sysctl.conf" ] || sysctl -e -q -p - <"$root/etc/sysctl.conf"
  case $(uname -r) in
  2.6.18-*) return ;;
  esac
  for file in "$root"/etc/sysctl.d/*; do
    case $file in
    *~ | *.bak | *.old | *.orig | *.rpmnew | *.rpmorig | *.rpmsave) ;;
    *) [ ! -f "$file" ] || sysctl -e -q -p - <"$file" ;;
    esac
  done
}

# start_programs: what kube-proxy, TuneD and their like set when they start.
start_programs() {
  while IFS= read -r setting; do
    case $setting in
    hashsize=*)
      [ ! -e "$hashsize" ] || lab-put "$hashsize" "${setting#*=}" 0600
      ;;
    *) sysctl -e -q -w "$setting" ;;
    esac
  done <"$state/starts-with"
}

# rc_local: of the admin's last script only the line that sets the hash size counts here.
rc_local() {
  rc=$root/etc/rc.d/rc.local
  [ -e "$rc" ] || rc=$root/etc/rc.local
  [ -x "$rc" ] || return 0
  size=$(sed -n 's/^[[:blank:]]*echo[[:blank:]]*\([0-9]*\)[[:blank:]]*>[[:blank:]]*\/sys\/module\/nf_conntrack\/parameters\/hashsize.*/\1/p' "$rc")
  [ -z "$size" ] || [ ! -e "$hashsize" ] || lab-put "$hashsize" "$size" 0600
}

hashsize=$root/sys/module/nf_conntrack/parameters/hashsize
# A guest that reboots leaves the kernel, which is not its own, as it is.
if [ -e "$state/guest" ]; then
  new_boot_id
  exit 0
fi
forget_the_last_boot
[ ! -e "$state/builtin" ] || start_builtin
[ ! -e "$state/image-loads" ] || open_image
read -r init <"$state/init"
lab-entries early
case $init in
systemd)
  modules_load
  # It does not read sysctl.conf, unless a link in sysctl.d leads there.
  lab-sysctl-d
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
[ "$init" != sysv ] || old_sysctl
start_programs
rc_local
lab-entries late
[ "$locked" != 1 ] || lab-put "$root/proc/sys/kernel/modules_disabled" 1 0644
exit 0
