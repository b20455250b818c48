# Journal files that this user may read: journalctl -q ends well, with nothing, where there are none.
may_read_journal() {
  for journal in run/log/journal/*/system.journal var/log/journal/*/system.journal; do
    [ -r "$journal" ] && return
  done
  return 1
}

# The last line says where the others came from.
kernel_log() {
  if dmesg 2>/dev/null; then
    say '@from dmesg'
    return
  fi
  if [ -d run/systemd/system ] && may_read_journal &&
    journalctl -k -b -n 2000 -o short-monotonic -q --no-pager 2>/dev/null; then
    say '@from journal'
    return
  fi
  closed=''
  for log in var/log/kern.log var/log/messages var/log/syslog; do
    if [ -f "$log" ] && [ -r "$log" ]; then
      tail -c 1048576 "$log" 2>/dev/null
      say ''
      say "@from /$log $(date '+%Y-%m-%dT%H:%M:%S%z' 2>/dev/null)"
      return
    fi
    [ -e "$log" ] && closed="$closed /$log"
  done
  say "@closed$closed"
}

# Bounded: the newest 2000 lines that matter.
emit log "$(kernel_log | grep -e 'conntrack: table full' -e 'callbacks suppressed' -e '^@from ' -e '^@closed' | tail -n 2001)"
