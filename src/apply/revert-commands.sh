# Commands are taken back by what the play names for it.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# undo STEP NAME SECONDS [COMMAND...]: once. Without a command it cannot be taken back.
undo() {
  [ -z "$asks" ] && [ -e "$own/did-$1" ] && [ ! -e "$own/undone-$1" ] || return 0
  name=$2
  seconds=$3
  { emit '' >"$own/undone-$1"; } 2>/dev/null || :
  shift 3
  if [ $# -eq 0 ]; then
    say_left "$name" "it has no undo"
  elif run_program "$seconds" "$@"; then
    say_back "$name"
  else
    [ "$status" != 124 ] || error="no end within $seconds s"
    say_left "$name" "exit status $status${error:+; $error}"
  fi
}
