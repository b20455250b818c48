# What runs at the next boot, by this host's init: before the readers of files where there is a place for it, and after them.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# write_entries AFTER: what runs at the next boot, on disk. Sets `entries` to its kind.
write_entries() {
  written_entries=
  entries=none
  if [ -d "$root/run/systemd/system" ]; then
    entries=systemd
    enter_systemd
  elif [ -d "$root/run/openrc" ] && [ -d "$root/etc/runlevels/boot" ]; then
    entries=openrc
    enter_openrc
  elif [ -d "$root/etc/rcS.d" ] && [ -e "$root/etc/inittab" ]; then
    entries=sysv
    enter_sysv
  elif [ -d "$root/etc/cron.d" ] && has_cron; then
    entries=cron
    enter /etc/cron.d/ctfleet-revert "@reboot root /bin/sh '$own/revert.sh' late$nl"
  elif find_rc_local; then
    entries=rc_local
    enter_rc_local
  elif [ "$1" != - ]; then
    error="nothing is known here that runs at boot"
    return 1
  fi || return 1
  error=$(run_on "$written_entries$own/boot$nl$own$nl$store/pending$nl$store" sync 2>&1)
}

# enter PATH TEXT: sets `error` and fails where it cannot be written.
enter() {
  error=$(umask 022; emit "$2" 2>&1 >"$root$1") || { error="${error:-$1 cannot be written}"; return 1; }
  written_entries=$written_entries$root$1$nl
}

# enter_link TARGET PATH
enter_link() {
  error=$( { [ -d "$root${2%/*}" ] || mkdir -p "$root${2%/*}"; } 2>&1 && ln -sf "$1" "$root$2" 2>&1) || return 1
  written_entries=$written_entries$root${2%/*}$nl
}

# enter_systemd: one unit before the readers of files, and one after them, which waits where the reboot was ours.
enter_systemd() {
  units=/etc/systemd/system
  waiting="ConditionPathExists=|$store/pending${nl}ConditionPathExists=|$store/reverting"
  enter "$units/ctfleet-revert.service" "[Unit]
Description=ctfleet: put a change back that nobody has confirmed
DefaultDependencies=no
RequiresMountsFor=$store
$waiting
After=systemd-remount-fs.service
Before=systemd-modules-load.service systemd-sysctl.service sysinit.target shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
ExecStart=/bin/sh \"$own/revert.sh\" boot
TimeoutStartSec=120
TimeoutStopSec=5
" && enter "$units/ctfleet-unconfirmed.service" "[Unit]
Description=ctfleet: wait for the confirmation of a change
RequiresMountsFor=$store
$waiting
After=ctfleet-revert.service systemd-modules-load.service systemd-sysctl.service
[Service]
Type=simple
ExecStart=/bin/sh \"$own/revert.sh\" late
" && enter_link ../ctfleet-revert.service "$units/sysinit.target.wants/ctfleet-revert.service" &&
    enter_link ../ctfleet-unconfirmed.service "$units/multi-user.target.wants/ctfleet-unconfirmed.service"
}

enter_openrc() {
  enter /etc/init.d/ctfleet-revert "#!/sbin/openrc-run
description='ctfleet: put a change back that nobody has confirmed'
depend() { need root; before modules sysctl; }
start() { [ ! -r '$own/revert.sh' ] || /bin/sh '$own/revert.sh' boot; return 0; }
" && enter /etc/init.d/ctfleet-unconfirmed "#!/sbin/openrc-run
description='ctfleet: wait for the confirmation of a change'
depend() { need localmount; after modules sysctl ctfleet-revert; }
start() { [ ! -r '$own/revert.sh' ] || /bin/sh '$own/revert.sh' late </dev/null >/dev/null 2>&1 & return 0; }
" && make_runnable &&
    enter_link /etc/init.d/ctfleet-revert /etc/runlevels/boot/ctfleet-revert &&
    enter_link /etc/init.d/ctfleet-unconfirmed /etc/runlevels/default/ctfleet-unconfirmed
}

# enter_sysv: the first of rcS.d that reads modules or sysctl has our number, and our name comes before theirs.
enter_sysv() {
  number=99
  set +f
  for reader in "$root/etc/rcS.d/"S[0-9][0-9]kmod "$root/etc/rcS.d/"S[0-9][0-9]module-init-tools \
    "$root/etc/rcS.d/"S[0-9][0-9]procps "$root/etc/rcS.d/"S[0-9][0-9]procps.sh; do
    [ -e "$reader" ] || [ -L "$reader" ] || continue
    reader=${reader##*/S}
    reader=${reader%"${reader#??}"}
    [ "${reader#0}" -ge "${number#0}" ] || number=$reader
  done
  set -f
  enter /etc/init.d/ctfleet-revert "#!/bin/sh
### BEGIN INIT INFO
# Provides:          ctfleet-revert
# Required-Start:
# Required-Stop:
# X-Start-Before:    kmod procps
# Default-Start:     S
# Default-Stop:
# Short-Description: put a change back that nobody has confirmed
### END INIT INFO
[ ! -r '$own/revert.sh' ] || /bin/sh '$own/revert.sh' boot
" && enter /etc/init.d/ctfleet-unconfirmed "#!/bin/sh
### BEGIN INIT INFO
# Provides:          ctfleet-unconfirmed
# Required-Start:    \$local_fs
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: wait for the confirmation of a change
### END INIT INFO
[ ! -r '$own/revert.sh' ] || /bin/sh '$own/revert.sh' late </dev/null >/dev/null 2>&1 &
" && make_runnable && enter_link ../init.d/ctfleet-revert "/etc/rcS.d/S${number}ctfleet-revert" || return 1
  for level in 2 3 4 5; do
    [ ! -d "$root/etc/rc$level.d" ] ||
      enter_link ../init.d/ctfleet-unconfirmed "/etc/rc$level.d/S99ctfleet-unconfirmed" || return 1
  done
}

# make_runnable: init runs programs only.
make_runnable() {
  error=$(run_on "$written_entries" chmod 0755 2>&1)
}

has_cron() { command -v cron >/dev/null || command -v crond >/dev/null; }

find_rc_local() {
  for rc_file in /etc/rc.local /etc/rc.d/rc.local; do
    [ ! -f "$root$rc_file" ] || [ ! -x "$root$rc_file" ] || return 0
  done
  return 1
}

# enter_rc_local: our line comes first, since the file often ends with `exit 0`. It is taken out again.
enter_rc_local() {
  error=$( {
    emit "$rc_file$nl" >"$own/rc-local" && cp -p "$root$rc_file" "$root$rc_file.ctfleet" && {
      head -n 1 "$root$rc_file"
      emit "/bin/sh '$own/revert.sh' late </dev/null >/dev/null 2>&1 & # ctfleet-revert$nl"
      tail -n +2 "$root$rc_file"
    } >"$root$rc_file.ctfleet" && mv -f "$root$rc_file.ctfleet" "$root$rc_file"
  } 2>&1) || return 1
  written_entries=$written_entries$root$rc_file$nl
}
