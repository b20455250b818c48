# Runs the script that comes next on the terminal: first its size in bytes, then itself, from a pipe, which ends as a
# terminal never does. What it says on standard error follows its output, after a mark with the nonce ($1).
# Sent by on-terminal.ts.
read -r size
exec 3>&1
said=$({
  head -c "$size" | /bin/sh -s 2>&1 >&3 3>&-
  echo " $?"
} | tail -c 4096)
printf '\n@%s stderr\n%s' "$1" "${said% *}"
exit "${said##* }"
