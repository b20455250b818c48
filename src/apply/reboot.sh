# A reboot: looked at once more, recorded, and left to something that outlives this session; then we end in good order.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

store=$root/var/lib/ctfleet
own=$store/$run
refused=

# refuse REASON DETAIL
refuse() {
  refused=yes
  capped "$1 $2"
  frame refused "$text"
}

# check_boot BOOT_ID: the boot that is to end is the planned one.
check_boot() {
  boot=$(cat "$root/proc/sys/kernel/random/boot_id" 2>/dev/null)
  [ "$boot" = "$1" ] || refuse other_boot "${boot:-unreadable}"
}

# check_once: at most one for a host and run, whatever became of the first.
check_once() {
  first_line "$own/reboot"
  [ ! -e "$own/reboot" ] || refuse rebooted_before "$line"
}

# check_reverted: a change of this run that waited for its confirmation, and waits no more.
check_reverted() {
  for note in reverted reverting; do
    first_line "$store/$note"
    case $line in "$run "*) refuse was_reverted "${line##* }" ;; esac
  done
}

# check_lock: what another run has under way here would be cut off.
check_lock() { ! see_clock || ! is_held || refuse locked "$holder"; }

# check_inhibitors: locks of logind, a file each, with lines NAME=VALUE. A lock that only delays is waited for by the reboot.
check_inhibitors() {
  set +f
  for lock in "$root/run/systemd/inhibit"/*; do
    case $lock in *.ref) continue ;; esac
    [ -f "$lock" ] || continue
    what=
    mode=
    who=
    why=
    while IFS= read -r line; do
      case $line in
        WHAT=*) what=${line#*=} ;;
        MODE=*) mode=${line#*=} ;;
        WHO=*) who=${line#*=} ;;
        WHY=*) why=${line#*=} ;;
      esac
    done <"$lock"
    case $mode:$what in block:*shutdown*) refuse inhibited "$who: $why" ;; esac
  done
  set -f
}

# Names as the kernel keeps them: at most 15 characters. A kernel's image that is half written would be the next boot's.
package_names='dpkg|apt|apt-get|aptitude|aptd|apt.systemd.dai|do-release-upgr|yum|dnf|dnf5|dnf-automatic|microdnf|rpm|rpm-ostree'
package_names="$package_names|zypper|transactional-u|apk|pacman|update-initramf|mkinitramfs|dracut|grub-mkconfig"

# check_packages: programs that change packages now, locks of dpkg and rpm that are held, and work that dpkg left half done.
check_packages() {
  set +f
  busy=$(grep -hsxE "$package_names" \
    "$root/proc/"[0-9]*/comm | sort -u)
  set -- "$root/var/lib/dpkg/updates/"[0-9]*
  set -f
  for name in $busy; do refuse package_work "$name"; done
  [ ! -e "$1" ] || refuse package_work "dpkg: interrupted"
  for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/rpm/.rpm.lock; do
    ! is_locked "$root$lock" || refuse package_work "$lock"
  done
}

# is_locked FILE: does anybody hold it for writing? A line of /proc/locks ends its device and inode with a space.
is_locked() {
  [ -e "$1" ] && [ -r "$root/proc/locks" ] || return 1
  inode=$(stat -c %i "$1" 2>/dev/null) || return 1
  grep -q " WRITE .*:$inode " "$root/proc/locks"
}

# check_masked: a unit that is empty, or a link to /dev/null, is masked.
check_masked() {
  for place in /etc/systemd/system /run/systemd/system; do
    for unit in "$place/reboot.target" "$place/systemd-reboot.service"; do
      if [ -e "$root$unit" ] && [ ! -s "$root$unit" ]; then refuse masked "$unit"; fi
    done
  done
}

# check_apply: a script of an earlier contact that is still at work. It wrote its PID and its beginning.
check_apply() {
  set +f
  for work in "$store"/*/working; do
    ! still_runs "$work" || refuse apply_running "$pid"
  done
  set -f
}

# seconds: sets `up`, or 0 where it cannot be read.
seconds() {
  up=0
  [ ! -r "$root/proc/uptime" ] || IFS=' .' read -r up rest <"$root/proc/uptime"
}

# flush SECONDS: a host that takes longer has trouble of its own, and whoever asked has given up by then.
flush() {
  seconds
  began=$up
  sync
  seconds
  [ "$((up - began))" -le "$1" ] || refuse slow_flush "$((up - began)) s"
  [ -z "$refused" ]
}

# record: on disk before anything can fire.
record() {
  [ ! -L "$store" ] || { refuse not_recorded "$store: symbolic link"; return 1; }
  error=$( { mkdir -p "$own" && printf '%s\n' "$boot" >"$own/reboot" && sync "$own/reboot" "$own"; } 2>&1) ||
    { refuse not_recorded "$error"; return 1; }
}

# trigger: about a second from now, so that this session ends before the host goes down.
trigger() {
  how=systemd
  error=
  if [ -d "$root/run/systemd/system" ]; then
    ! error=$(systemd-run --unit="ctfleet-reboot-$run" --on-active=1 --timer-property=AccuracySec=100ms \
      systemctl reboot 2>&1) || return 0
    program=systemctl
  elif command -v shutdown >/dev/null; then
    program=shutdown
  else
    program=reboot
  fi
  how=process
  command -v "$program" >/dev/null || { refuse no_trigger "${error:-no program $program}"; return 1; }
  case $program in
    systemctl) leave sh -c 'sleep 1; exec systemctl reboot' ;;
    shutdown) leave sh -c 'sleep 1; exec shutdown -r now' ;;
    reboot) leave sh -c 'sleep 1; exec reboot' ;;
  esac
}

# reboot_host BOOT_ID
reboot_host() {
  check_boot "$1"
  check_once
  check_reverted
  check_lock
  check_inhibitors
  check_packages
  check_masked
  check_apply
  [ -z "$refused" ] || return 0
  flush 20 || return 0
  record || return 0
  trigger || { rm -f "$own/reboot"; return 0; }
  frame triggered "$how"
}
