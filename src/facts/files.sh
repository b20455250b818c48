# shellcheck disable=SC2154 # nl and nonce come with the prelude
# The files that the play manages. Their bytes never pass through a variable: one `wc -c`, one `cat`.
largest=262144

# A missing file under a folder that we may not search could be there all the same.
kind_of_missing() {
  kind=absent
  above=${1%/*}
  [ -d "$above" ] || kind=homeless
  until [ -d "$above" ]; do above=${above%/*}; done
  [ -x "$above" ] || kind=closed
}

kind_of() {
  if [ -h "$1" ]; then
    kind='link'
  elif [ -d "$1" ]; then
    kind=folder
  elif [ -f "$1" ]; then
    kind=closed
    [ -r "$1" ] && kind=regular
  elif [ -e "$1" ]; then
    kind=special
  else
    kind_of_missing "$1"
  fi
}

# From lines of `wc -c`: blanks, a number, a blank, the name.
size_of() {
  size=''
  case $nl$sizes$nl in
  *" $1$nl"*)
    line=$nl$sizes$nl
    line=${line%%" $1$nl"*}
    size=${line##*"$nl"}
    ;;
  esac
  case $size in
  *[0-9]*) ;;
  *) size='' ;;
  esac
  case $size in
  *[!0-9\ ]*) size='' ;;
  esac
}

# Counts bytes for the frame's header and leaves out what is too large or has gone since.
send_files() {
  sizes=$(wc -c /dev/null "$@" 2>/dev/null)
  total=0 known=''
  for path do
    shift
    size_of "$path"
    [ -n "$size" ] || continue
    size=$((size))
    known="$known$size $path$nl"
    [ "$size" -le "$largest" ] || continue
    total=$((total + size))
    set -- "$@" "$path"
  done
  emit sizes "$known"
  say "@$nonce contents $total"
  [ $# = 0 ] || cat "$@" 2>/dev/null
  say ''
}

read_files() {
  kinds=''
  for path do
    shift
    kind_of "$path"
    kinds="$kinds$kind $path$nl"
    [ "$kind" != regular ] || set -- "$@" "$path"
  done
  emit kinds "$kinds"
  [ $# = 0 ] || send_files "$@"
}
managed read_files
emit end ''
