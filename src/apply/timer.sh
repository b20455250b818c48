# Something on this host that waits after the session: a timer of systemd, or a process that must say that it waits.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

is_booted_by_systemd() { [ -d "$root/run/systemd/system" ] && command -v systemd-run >/dev/null; }

# start_timer UNIT SECONDS SCRIPT: SCRIPT is run with the word `timer` then, or at once with `wait`, and waits by itself. Sets
# `timer`.
start_timer() {
  timer=systemd
  if is_booted_by_systemd; then
    error=$(systemd-run --unit="$1" --on-active="$2" --timer-property=AccuracySec=1s /bin/sh "$3" timer 2>&1) && return 0
  fi
  timer=process
  waits=${3%.sh}-waits
  [ ! -e "$waits" ] || rm -f "$waits"
  leave sh "$3" wait
  turns=50
  while [ ! -s "$waits" ]; do
    turns=$((turns - 1))
    [ "$turns" -gt 0 ] || { error="${error:+$error; }nothing waits"; return 1; }
    sleep 0.1 2>/dev/null || sleep 1
  done
}
