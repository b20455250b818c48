#!/bin/sh
# Checks every shell script of this repository, whether git knows it already or not.
set -eu
cd "$(dirname "$0")/../.."
scripts=$(git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run | sort -u)
set --
while IFS= read -r script; do
  # A script that was removed but is still in the index.
  if [ -f "$script" ]; then set -- "$@" "$script"; fi
done <<LIST
$scripts
LIST
[ $# -gt 0 ] || exit 0
exec shellcheck -s sh "$@"
