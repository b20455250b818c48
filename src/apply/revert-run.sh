# A run is put back because somebody asks for it: each part by the script that it has left.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

store=$root/var/lib/ctfleet

# revert_run WHAT OWNER: where the disk is full there is no lock, and it is put back all the same.
revert_run() {
  take_lock 900 "$2" || return 0
  "revert_$1"
  end_lock
}

# revert_pending: the change that waits; what was changed since is left and told.
revert_pending() {
  first_line "$store/pending"
  [ -n "$line" ] || first_line "$store/reverting"
  case $line in
    "$run "*)
      part=${line#* }
      revert_parts "${part%% *}"
      ;;
    *)
      part=0
      while [ -e "$store/$run/$((part + 1))" ]; do part=$((part + 1)); done
      if [ -e "$store/$run/$part/undone" ]; then frame already ''; else frame nothing ''; fi
      ;;
  esac
}

# revert_all: only where nothing of it was changed since.
revert_all() {
  list_parts
  if [ -z "$found" ]; then
    frame nothing ''
  elif [ -z "$parts" ]; then
    frame already ''
  else
    changed=$(list_changed)
    if [ -n "$changed" ]; then frame changed_since "$changed"; else revert_parts "$parts"; fi
  fi
}

# list_parts: sets `parts`, those that are not whole back yet, the last first; and `found` where there is any.
list_parts() {
  parts=
  found=
  part=1
  while [ -e "$store/$run/$part" ]; do
    if [ -e "$store/$run/$part/revert.sh" ]; then
      found=yes
      is_back "$part" || parts="$part$nl$parts"
    fi
    part=$((part + 1))
  done
}

# is_back PART: was it put back, and nothing left?
is_back() {
  [ -e "$store/$run/$1/undone" ] || return 1
  ! grep -q '^left ' "$store/$run/$1/reverted" 2>/dev/null
}

# list_changed: each part says NAME, STATE, OLD, NEW, a line each. What a later part goes back to, an earlier one goes on from.
list_changed() {
  for part in $parts; do
    sh "$store/$run/$part/revert.sh" check || emit "part $part cannot be checked$nl?$nl-$nl-$nl"
  done | awk '
    NR % 4 == 1 { name = $0 }
    NR % 4 == 2 { state = $0 }
    NR % 4 == 3 { old = $0 }
    NR % 4 == 0 {
      if (name in back) state = back[name]
      if (state == old || state == $0) back[name] = old
      else if (!(name in told)) { told[name]; print name }
    }'
}

# revert_parts PARTS
revert_parts() {
  report=
  for part in $1; do
    said=$(sh "$store/$run/$part/revert.sh" now holds 2>&1) || said="left part $part: $said"
    [ -z "$said" ] || report=$report$said$nl
  done
  frame reverted "$report"
}
