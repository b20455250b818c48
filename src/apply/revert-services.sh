# Modules and rules of the firewall go back: with programs of the host, each with its own deadline.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# began STEP: did the run come to this step? What it did not do is not taken back, and another boot loads modules anew.
began() { ! is_already "$1" && [ -z "$asks" ] && [ -e "$own/did-$1" ] && ! is_later_boot; }

# back_load STEP NAME: what we have loaded is taken out where nothing has come to need it.
back_load() {
  began "$1" || return 0
  survey_modules
  find_module "$2" || return 0
  if ! is_free "$2"; then
    say_left "module $2" "$references references, used by ${users%,}"
    return 0
  fi
  within "$patience" modprobe -r "$2" || late_words "modprobe -r $2"
  survey_modules
  if find_module "$2"; then say_left "module $2" "${error:-it is loaded still}"; else say_back "module $2: not loaded"; fi
}

# back_unload STEP NAMES: in the order of loading; values of conntrack as they were, where it was gone until now.
back_unload() {
  began "$1" || return 0
  given=
  for module in $2; do
    survey_modules
    ! find_module "$module" || continue
    given=yes
    if load "$module"; then say_back "module $module: loaded"; else say_left "module $module" "$error"; fi
  done
  [ -z "$given" ] || give_values "$own/values-$1"
}

# give_values FILE: lines `FILE:VALUE`; the hash size comes first. Only where the module has just come: its table is empty.
give_values() {
  [ -r "$1" ] || return 0
  # shellcheck disable=SC2013 # split at line feeds on purpose
  for line in $(cat "$1"); do
    value=${line#*:}
    now "${line%%:*}"
    if [ -z "$found" ] || [ "$found" = "$value" ]; then continue; fi
    error=$( { env printf '%s\n' "$value" >"$root${line%%:*}"; } 2>&1)
    now "${line%%:*}"
    [ "$found" = "$value" ] || say_left "${line%%:*} $found" "$error"
  done
}

# back_then ID FILE NEW NAME KIND: a value that came after a reload, if it had one before.
back_then() {
  ! old_value "$1" || put_back "$1" "$2" "$old" "$3" "$4" "$5"
}

# weigh_then ID FILE
weigh_then() {
  ! old_value "$1" || weigh "$1" "$2" "$old"
}

# old_value ID: sets `old` from lines `ID VALUE`.
old_value() {
  [ -r "$own/was" ] || return 1
  while read -r line; do
    case $line in "$1 "*) old=${line#* }; return 0 ;; esac
  done <"$own/was"
  return 1
}
