# shellcheck disable=SC2154 # nonce and root stand before it
# What every part of the probe stands on: a known environment, framed output, and the lists of what is to be read.
# Host files are named relative to the root folder, so that neither its name nor an argument can be taken for a word of
# the script, and so that nothing outside it is read.
set +e +f -u
IFS=' 	
'
nl='
'
LC_ALL=C
export LC_ALL
unset GREP_OPTIONS GREP_COLOR GREP_COLORS TIME_STYLE QUOTING_STYLE BLOCK_SIZE LS_BLOCK_SIZE POSIXLY_CORRECT
PATH=${PATH:+$PATH:}/usr/sbin:/sbin:/usr/bin:/bin

# mksh has no builtin printf: each one would be a process.
case $(command -v print) in
print) say() { print -r -- "$1"; } ;;
*) say() { printf '%s\n' "$1"; } ;;
esac

emit() {
  say "@$nonce $1 ${#2}"
  say "$2"
}

# Each takes words with globs, quoted: small files to read whole; large ones to pick lines from; configuration to search;
# saved firewall rules; paths whose existence is all that is asked; and files whose mode matters too.
wholes='' picks='' searches='' saves='' marks='' modes=''
whole() { wholes="$wholes $*"; }
pick() { picks="$picks $*"; }
search() { searches="$searches $*"; }
saved() { saves="$saves $*"; }
mark() { marks="$marks $*"; }
mode() { modes="$modes $*"; }

# Basic regular expressions for the picked and the searched files, and for saved rules.
pick_patterns='' search_patterns='' saved_patterns=''
pick_line() { pick_patterns="$pick_patterns${pick_patterns:+$nl}$1"; }
search_line() { search_patterns="$search_patterns${search_patterns:+$nl}$1"; }
saved_line() { saved_patterns="$saved_patterns${saved_patterns:+$nl}$1"; }

# A file's first line goes into first, without a process; empty where it cannot be read.
# shellcheck disable=SC2034 # for the parts that follow
first_line() {
  first=''
  if [ -f "$1" ] && [ -r "$1" ]; then read -r first <"$1" 2>/dev/null || :; fi
}

# A login banner may lack its line feed; and the first part goes missing with its header, so it is one that must be there.
say ''
emit begin ''
if [ "${#nonce}" != 32 ] || ! cd "$root/" 2>/dev/null; then
  emit no_root ''
  emit end ''
  return
fi
