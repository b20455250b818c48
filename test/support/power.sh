#!/bin/sh
# A machine that is told to reboot: everything on it ends, and then it goes as /etc/power/life says. Stands in for systemctl,
# shutdown, reboot and systemd-run on a host of sshd.ts, under whatever name it is called; see reboots.ts.
set -eu
power=/etc/power

# new_boot: another boot_id, and an uptime that begins.
new_boot() {
  cat /proc/sys/kernel/random/uuid >/run/boot_id
  cut -d . -f 1 /run/proc/uptime >/run/booted-at
  echo '0.00 0.00' >/run/uptime
}

# tick: the seconds of this boot. One write of one length, so that no reader sees half of it.
tick() {
  read -r began </run/booted-at
  while :; do
    read -r now rest </run/proc/uptime
    printf '%-30s\n' "$((${now%%.*} - began)).00 ${rest}" 1<>/run/uptime
    sleep 0.2
  done
}

# unit NAME: what ctfleet left for this boot, where it would have systemd run it.
unit() {
  file=/etc/systemd/system/$1
  set -- /etc/systemd/system/*.wants/"$1"
  if [ -e "$1" ] && [ -e "$file" ]; then sh -c "exec $(sed -n 's/^ExecStart=//p' "$file")"; fi
}

# come_up KEY: what a boot does: sysctl.d, in the order of the names, then sshd.
come_up() {
  setsid "$power/power" tick </dev/null >/dev/null 2>&1 &
  unit ctfleet-revert.service || :
  for file in /etc/sysctl.d/*.conf; do
    sysctl -q -p "$file" || :
  done
  setsid "$power/power" unconfirmed </dev/null >/dev/null 2>&1 &
  # shellcheck disable=SC2046 # one word a line, and no blanks in them
  /usr/sbin/sshd -f /dev/null -o "HostKey=$1" $(cat "$power/sshd")
}

go_down() {
  echo reboot >>"$power/reboots"
  [ "$(cat "$power/life")" != hangs ] || exit 0
  sleep 0.5
  # All but this one and the first process: sessions end as they do on a machine that goes down.
  kill -KILL -1
}

case ${0##*/}:$* in
  systemctl:*reboot | systemd-run:*"systemctl reboot" | shutdown:-r* | reboot:)
    setsid "$power/power" go </dev/null >/dev/null 2>&1 &
    ;;
  power:tick) tick ;;
  power:unconfirmed) unit ctfleet-unconfirmed.service ;;
  power:up) come_up "$(cat "$power/key")" ;;
  power:go)
    go_down
    sleep 1
    case $(cat "$power/life") in
      comes_back)
        new_boot
        come_up "$(cat "$power/key")"
        ;;
      boots_slowly)
        new_boot
        echo 'System is booting up.' >/etc/nologin
        come_up "$(cat "$power/key")"
        sleep 4
        rm /etc/nologin
        ;;
      other_key)
        new_boot
        come_up "$power/other_key"
        ;;
      loops)
        new_boot
        come_up "$(cat "$power/key")"
        sleep 4
        kill -KILL -1
        new_boot
        come_up "$(cat "$power/key")"
        ;;
      never) ;;
    esac
    ;;
  *) exit 1 ;;
esac
