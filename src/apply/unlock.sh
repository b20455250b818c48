# Breaks the lock of one run, because a person says so.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# break_lock: only the lock of `run`. A guard that does not come free was left by somebody who is dead.
break_lock() {
  see_clock || { frame unlock "failed no boot id: $root is no host"; return 0; }
  guard=$store/lock.$boot.guard
  first_line "$lock"
  seen=$line
  case $seen in
    '') frame unlock nothing; return 0 ;;
    "$run "*) ;;
    *) capped "$seen"; frame unlock "other $text"; return 0 ;;
  esac
  take_guard || { rm -f "$guard"; take_guard; } || { frame unlock nothing; return 0; }
  if remove_seen; then
    leave_no_store
    frame unlock broken
  elif [ -e "$lock" ]; then
    frame unlock "failed it is there still, or again"
  else
    frame unlock nothing
  fi
}
