# shellcheck disable=SC2154 # nl and the lists come with the prelude
# One grep for each list. `-` in the first column says that this user may not read, in the second that it may not write.
look() {
  r=- w=-
  [ -r "$1" ] && r=r
  [ -w "$1" ] && w=w
  looks="$looks$r$w $1$nl"
}

# Nothing is opened that may never end, such as a pipe; /dev/null does, and a link to it is how a file is switched off.
# shellcheck disable=SC3013 # -ef is POSIX since 2024, and has long been in every shell
may_open() {
  case $next in
  mark_only | list_modes) return 0 ;;
  esac
  [ -f "$1" ] || [ -d "$1" ] || [ "$1" -ef /dev/null ]
}

# existing FUNCTION PATHS: calls the function with those that exist, and leaves what was seen of them in looks.
existing() {
  next=$1
  shift
  looks=''
  for path do
    shift
    case $path in
    *"$nl"*) looks="$looks!! ${path%%"$nl"*}$nl" ;;
    *)
      # A link that leads nowhere here has a mode and a target all the same.
      if [ -e "$path" ] || { [ "$next" = list_modes ] && [ -h "$path" ]; }; then
        if may_open "$path"; then
          look "$path"
          set -- "$@" "$path"
        else
          looks="$looks-- $path$nl"
        fi
      fi
      ;;
    esac
  done
  "$next" "$@"
}

# GNU grep says on stderr that a file is not text, and prints nothing of it; -s silences all other complaints.
read_whole() {
  emit wholes "$looks"
  emit whole "$(grep -s '' /dev/null "$@" 2>&1)"
}
pick_lines() {
  emit picks "$looks"
  emit picked "$(grep -s -e "$pick_patterns" /dev/null "$@" 2>&1)"
}
search_files() {
  emit searches "$looks"
  emit found "$(grep -ns -e "$search_patterns" /dev/null "$@" 2>&1)"
}
# A rule set may be long; that it needs connection tracking is known from its first lines that do.
search_rules() {
  emit saves "$looks"
  emit saved "$(grep -ns -m 100 -e "$saved_patterns" /dev/null "$@" 2>&1)"
}
# Modes: of the files that the probe asks for, then of those that the play manages.
list_modes() {
  emit marks "$looks"
  [ $# = 0 ] || emit modes "$(ls -ldn "$@" 2>/dev/null)"
}
mark_only() { emit plain_marks "$looks"; }

# shellcheck disable=SC2086 # the lists are words with globs, to be split and expanded here
read_lists() {
  existing read_whole $wholes
  existing pick_lines $picks
  existing search_files $searches
  existing search_rules $saves
  existing mark_only $marks
  managed existing list_modes $modes
}
read_lists
