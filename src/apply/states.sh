# What files are there now, with one process for each question about all of them. Nothing here writes.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

table=
unreadable=

is_selinux() { [ -e "$root/sys/fs/selinux/enforce" ] || [ -e "$root/selinux/enforce" ]; }

# is_plain: is `target` a file, and no link to one?
is_plain() { [ -f "$target" ] && [ ! -L "$target" ]; }

# survey_states TARGET...: sets `table`, a line `LINKS MODE UID GID SHA256` each, in the order of the targets.
survey_states() {
  if ! stats=$(stat -c '%h %a %u %g' "$@" 2>&1); then
    unreadable=$stats
  elif ! sums=$(sha256sum "$@" 2>&1); then
    unreadable=$sums
  else
    # shellcheck disable=SC2086 # split at line feeds on purpose
    set -- $sums
    for line in $stats; do
      # A name with a backslash makes sha256sum put one before the sum.
      sum=${1%% *}
      table="$table$line ${sum#\\}$nl"
      shift
    done
  fi
}

# take_state: sets `links` and `found` from the next line of `table`.
take_state() {
  [ -z "$unreadable" ] || odd="unreadable $unreadable"
  line=${table%%"$nl"*}
  table=${table#*"$nl"}
  links=${line%% *}
  found=${line#* }
}

# is_led_out FOLDER: a symbolic link between root and FOLDER could lead out of a private root.
is_led_out() {
  way=$1
  while [ "$way" != "$root" ] && [ -n "$way" ]; do
    [ ! -L "$way" ] || return 0
    way=${way%/*}
  done
  return 1
}
