#!/bin/sh
# A machine that is told to reboot: everything on it ends, and then it goes as /etc/power/life says. Stands in for systemctl,
# shutdown, reboot and systemd-run on a host of sshd.ts, under whatever name it is called; see reboots.ts.
set -eu
power=/etc/power

new_boot() { cat /proc/sys/kernel/random/uuid >/run/boot_id; }

# come_up KEY: what a boot does: sysctl.d, in the order of the names, then sshd.
come_up() {
  for file in /etc/sysctl.d/*.conf; do
    sysctl -q -p "$file" || :
  done
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
