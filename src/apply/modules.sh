# Kernel modules: taken out in the order of the plan, never by force, each with its own deadline.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# Seconds for one modprobe.
patience=20

# survey_modules: sets `modules`, a line `NAME REFERENCES USERS` each.
survey_modules() {
  modules=$nl$(cut -d ' ' -f 1,3,4 "$root/proc/modules" 2>/dev/null)$nl
}

# find_module NAME: is it loaded? Sets `references` and `users`, names with a comma after each, or `-`.
find_module() {
  references=
  users=
  case $modules in *"$nl$1 "*) ;; *) return 1 ;; esac
  line=${modules#*"$nl$1 "}
  line=${line%%"$nl"*}
  references=${line%% *}
  users=${line#* }
}

# can_change STEP: are modules to be changed here at all?
can_change() {
  locked_now=
  [ ! -r "$root/proc/sys/kernel/modules_disabled" ] || locked_now=$(cat "$root/proc/sys/kernel/modules_disabled")
  if [ "$locked_now" = 1 ]; then
    unfit_step "$1" "refused modules_locked"
  elif ! command -v modprobe >/dev/null; then
    unfit_step "$1" "refused no_program modprobe"
  else
    return 0
  fi
  return 1
}

# check_load STEP NAME VALUES: where values are to be set with it, its being there is not what was planned from.
check_load() {
  survey_modules
  if ! find_module "$2" && [ ! -d "$root/sys/module/$2" ]; then
    can_change "$1" || :
  elif [ -n "$3" ]; then
    unfit_step "$1" "stale $2 is loaded"
  else
    already="$already$1 "
  fi
}

# check_unload STEP NAMES: all of them gone is what an unload wants.
check_unload() {
  survey_modules
  loaded=
  for module in $2; do ! find_module "$module" || loaded=yes; done
  if [ -n "$loaded" ]; then check_held "$1" "$2"; else already="$already$1 "; fi
}

# check_held STEP NAMES: are all of them loaded, and held by each other alone?
check_held() {
  can_change "$1" || return 0
  survey_modules
  gone=
  held=
  for module in $2; do
    find_module "$module" || { gone="$gone $module"; continue; }
    is_free "$2" || held="$held, $module: $references references, used by ${users%,}"
  done
  if [ -n "$gone" ]; then
    unfit_step "$1" "stale not loaded:$gone"
  elif [ -n "$held" ]; then
    unfit_step "$1" "refused in_use ${held#, }"
  fi
}

# is_free NAMES: is the module that was just found used by these alone? A reference without a module's name is a rule's.
is_free() {
  named=0
  IFS=,
  for user in ${users#-}; do
    named=$((named + 1))
    is_listed "$user" "$nl$1$nl" || named=-1
    [ "$named" -ge 0 ] || break
  done
  IFS=$nl
  [ "$named" = "$references" ]
}

# load_module STEP NAME
load_module() {
  is_already "$1" && return 0
  load "$2" || { fail_reload "$1" "$error"; return 1; }
  frame "step/$1" "done"
}

# unload_modules STEP NAMES
unload_modules() {
  is_already "$1" && return 0
  unload "$1" "$2" || return 1
  frame "step/$1" "done"
}

# reload_modules STEP UNLOAD LOAD
reload_modules() {
  unload "$1" "$2" || return 1
  load "$3" || { fail_reload "$1" "$error"; return 1; }
  frame "step/$1" "done"
}

# load NAMES: in this order; fails with the reason in `error`.
load() {
  for module in $1; do
    within "$patience" modprobe "$module" || { late_words "modprobe $module"; return 1; }
    survey_modules
    find_module "$module" || { error="modprobe $module said nothing, and it is not loaded"; return 1; }
  done
}

# unload STEP NAMES: stops at the first that cannot be taken out; what was taken out before it is loaded again.
unload() {
  taken=
  for module in $2; do
    survey_modules
    # One that is gone went with another: modprobe takes what nobody needs any more.
    if find_module "$module"; then
      within "$patience" modprobe -r "$module" || late_words "modprobe -r $module"
      survey_modules
      if find_module "$module"; then
        fail_unload "$1" "$module"
        return 1
      fi
    fi
    taken=$module$nl$taken
  done
}

# late_words COMMAND: says in `error` that it did not end, and ends it. The kernel's part of it goes on.
late_words() {
  [ "$status" = 124 ] || return 0
  kill_late
  error="$1 did not end within $patience s and may still be at work in the kernel"
}

# fail_unload STEP NAME
fail_unload() {
  words=${error:-"it is loaded still, or again"}
  verdict=failed
  if [ "$status" != 124 ]; then
    case $words in *"in use"* | *"temporarily unavailable"*) verdict="busy $2 $references ${users%,}" ;; esac
    put_again
  fi
  capped "$verdict $words"
  frame "step/$1" "$text"
}

# put_again: loads what an unload took out before it failed; adds to `words` what could not be loaded.
put_again() {
  for module in $taken; do
    load "$module" || words="$words; taken out and not loaded again: $error"
  done
}

fail_reload() {
  capped "$2"
  frame "step/$1" "failed $text"
}
