# Nothing waits for a confirmation any more: boot entries and notes of those who waited go, and the run's lock.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# disarm [LOCK]: in one process, but for a line in rc.local. A lock goes where it is this run's.
disarm() {
  doomed=
  set +f
  for entry in "$root/etc/systemd/system/"*.target.wants/ctfleet-revert.service \
    "$root/etc/systemd/system/"*.target.wants/ctfleet-unconfirmed.service \
    "$root/etc/systemd/system/ctfleet-revert.service" "$root/etc/systemd/system/ctfleet-unconfirmed.service" \
    "$root/etc/runlevels/"*/ctfleet-revert "$root/etc/runlevels/"*/ctfleet-unconfirmed \
    "$root/etc/rcS.d/S"[0-9][0-9]ctfleet-revert "$root/etc/rc"[2345].d/S99ctfleet-unconfirmed \
    "$root/etc/init.d/ctfleet-revert" "$root/etc/init.d/ctfleet-unconfirmed" "$root/etc/cron.d/ctfleet-revert" \
    "$own/revert-waits" "$own/reverter" "$store/reverting"; do
    # A link may lead to what is gone already.
    if [ -e "$entry" ] || [ -L "$entry" ]; then doomed=$doomed$entry$nl; fi
  done
  set -f
  [ -z "${1-}" ] || first_line "$1"
  [ -z "${1-}" ] || case $line in "$run "*) doomed=$doomed$1$nl ;; esac
  [ -z "$doomed" ] || run_on "$doomed" rm -f 2>/dev/null || :
  [ ! -e "$own/rc-local" ] || clear_rc_local
}

# clear_rc_local: takes our line out of it again; `rc-local` holds its path.
clear_rc_local() {
  read -r rc_file <"$own/rc-local"
  {
    cp -p "$root$rc_file" "$root$rc_file.ctfleet" && grep -v '# ctfleet-revert$' "$root$rc_file" >"$root$rc_file.ctfleet" &&
      mv -f "$root$rc_file.ctfleet" "$root$rc_file" && rm -f "$own/rc-local"
  } 2>/dev/null || :
}

# stop_timer: that of systemd; a process sees by itself that nothing waits any more.
stop_timer() {
  [ -d "$root/run/systemd/system" ] && command -v systemctl >/dev/null || return 0
  systemctl stop --no-block "ctfleet-revert-$run-$part.timer" "ctfleet-revert-$run-$part.service" \
    ctfleet-unconfirmed.service >/dev/null 2>&1
}
