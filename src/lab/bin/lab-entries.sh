#!/bin/sh
# lab-entries early|late: what ctfleet has left on a practice host for this boot, where its init would run it: before the
# readers of files, or after all else. Nobody waits for the late one.
root=${CTFLEET_LAB_ROOT:?}
state=${CTFLEET_LAB_STATE:?}

# systemd_unit NAME: if a target wants it and one of its conditions holds.
systemd_unit() {
  unit=$root/etc/systemd/system/$1
  set -- "$root/etc/systemd/system/"*.wants/"$1"
  [ -e "$1" ] && [ -e "$unit" ] || return 0
  sed -n 's/^ConditionPathExists=|//p' "$unit" | while IFS= read -r path; do [ ! -e "$path" ] || echo yes; done |
    grep -q yes || return 0
  sh -c "exec $(sed -n 's/^ExecStart=//p' "$unit")"
}

# openrc_service NAME LEVEL
openrc_service() {
  # The link says the place on a real host, where it does not lead anywhere here.
  [ -L "$root/etc/runlevels/$2/$1" ] && [ -e "$root/etc/init.d/$1" ] || return 0
  # shellcheck disable=SC1090 # a script of the host
  (. "$root/etc/init.d/$1" && start)
}

# cron_lines: what stands there for each boot.
cron_lines() {
  [ -e "$root/etc/cron.d/ctfleet-revert" ] || return 0
  sed -n 's/^@reboot root //p' "$root/etc/cron.d/ctfleet-revert" | while IFS= read -r line; do sh -c "exec $line"; done
}

# later COMMAND...: like a service, which `systemctl stop` ends.
later() {
  # shellcheck disable=SC2016 # for the other shell
  setsid sh -c 'echo $$ >"$1"; shift; "$@"' sh "$state/timers/ctfleet-unconfirmed" "$0" "$@" </dev/null >/dev/null 2>&1 &
}

read -r init <"$state/init"
case $1:$init in
early:systemd) systemd_unit ctfleet-revert.service ;;
early:openrc) openrc_service ctfleet-revert boot ;;
late:*) later "now-$init" ;;
now-systemd:*) systemd_unit ctfleet-unconfirmed.service ;;
now-openrc:*) openrc_service ctfleet-unconfirmed default ;;
now-sysv:*) cron_lines ;;
esac
exit 0
