# Files go back whole: all are copied beside their targets and verified; only then is the first one renamed.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

temps=
# Paths of those that go back, and of those that go.
due=
gone=
folders=

# see_files PATH...: sets `table` for the calls of back_file that follow, in the same order.
see_files() {
  for path; do
    shift
    place "$path"
    is_plain && set -- "$@" "$target"
  done
  [ $# -eq 0 ] || survey_states "$@"
}

# back_file STEP PATH OLD NEW: states are `absent` or `MODE UID GID SHA256`.
back_file() {
  place "$2"
  found=absent
  odd=
  if is_plain; then
    take_state
  elif [ -L "$target" ] || [ -e "$target" ]; then
    found=odd
  fi
  is_already "$1" && return 0
  if [ -n "$asks" ]; then
    tell_state "$2" "$found" "$3" "$4"
  elif [ "$found" = "$3" ]; then
    :
  elif [ -n "$odd" ]; then
    say_left "$2" "$odd"
  elif [ "$found" != "$4" ]; then
    say_left "$2" "changed by somebody since"
  elif [ -n "$root" ] && is_led_out "$folder"; then
    say_left "$2" "its folder is a symbolic link now"
  elif [ "$3" = absent ]; then
    gone="$gone$2$nl"
  else
    copy_back "$1" "$2" "${3##* }"
  fi
}

# copy_back STEP PATH SHA256: the copy has the owner, the mode and the context of the original.
copy_back() {
  rm -f "$temp" 2>/dev/null
  if error=$(cp -p "$own/$1" "$temp" 2>&1); then
    ! is_selinux || error=$(chcon --reference="$own/$1" "$temp" 2>&1) || { drop_copy "$2" "$error"; return 0; }
  else
    # On a full disk the original itself still fits.
    rm -f "$temp" 2>/dev/null
    { is_whole "$own/$1" "$3" && mv "$own/$1" "$temp"; } 2>/dev/null || { drop_copy "$2" "$error"; return 0; }
  fi
  is_whole "$temp" "$3" || { drop_copy "$2" "the copy that was kept of it is damaged"; return 0; }
  temps=$temps$temp$nl
  due="$due$2$nl"
}

# is_whole FILE SHA256
is_whole() {
  sum=$(sha256sum <"$1") || return 1
  [ "${sum%% *}" = "$2" ]
}

drop_copy() {
  rm -f "$temp" 2>/dev/null
  say_left "$1" "${2:-it cannot be written}"
}

# put_files: after the last back_file.
put_files() {
  [ -n "$due$gone" ] || return 0
  [ -z "$temps" ] || run_on "$temps" sync 2>/dev/null || :
  for path in $due; do
    place "$path"
    put_one mv -f "$temp" "$target"
  done
  for path in $gone; do
    place "$path"
    put_one rm -f "$target"
  done
  [ -z "$folders" ] || run_on "$folders" sync 2>/dev/null || :
}

# put_one COMMAND...
put_one() {
  if error=$("$@" 2>&1); then
    say_back "$path"
    folders=$folders$folder$nl
  else
    rm -f "$temp" 2>/dev/null
    say_left "$path" "${error:-it cannot be written}"
  fi
}
