#!/bin/sh
# Started by ssh for each of its questions (SSH_ASKPASS): hands the question to ctfleet and prints the answer.
# Argument: the question. CTFLEET_ASK: the folder with the two named pipes of this connection.
set -eu

case ${SSH_ASKPASS_PROMPT-} in
'') ;;
none) exit 0 ;; # "touch your key": nobody waits for an answer
*) exit 1 ;;
esac

# Without the pipes there is nobody who could answer, and only a bastion's ssh asks. It would go on to send an empty
# password, some times over: better no login than a locked account.
if [ ! -p "$CTFLEET_ASK/answer" ]; then
  case ${1-} in
  'Enter passphrase'* | 'Enter PIN'* | *'(yes/no'*) ;;
  *)
    echo "ctfleet: no answer to: ${1-}" >&2
    kill "$PPID"
    ;;
  esac
  exit 1
fi

# Opened for both ways first, no open has to wait. When ctfleet is gone, the answer is the end of the file, at once.
exec 3<>"$CTFLEET_ASK/answer"
exec 4<"$CTFLEET_ASK/answer"
exec 5<>"$CTFLEET_ASK/question"
exec 3>&-

# On one line: a host may put line feeds into its questions, and must not ask two at once.
{
  printf '%s %s' "$PPID" "${1-}" | tr '\n\r' '  '
  echo
} >&5

# Not through a variable: printing it could put it on an argument list.
exec head -n 1 <&4
