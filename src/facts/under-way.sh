# shellcheck disable=SC2154 # first comes with the prelude
# What runs have left here: who works on the host, a change that waits for its confirmation, one that was put back.
whole var/lib/ctfleet/lock var/lib/ctfleet/reverted

# The last word of the line confirms the change: it never leaves the host.
pending_change() {
  [ -f var/lib/ctfleet/pending ] || return
  first_line var/lib/ctfleet/pending
  case $first in
  *' '*' '*' '*' '*' '*' '*) emit pending "${first% *}" ;;
  *) emit pending odd ;;
  esac
}
pending_change

# RUN and PART lead to the list of what could not be put back.
left_behind() {
  first_line var/lib/ctfleet/reverted
  rest=${first#* }
  part=${first%% *}/${rest%% *}
  case $part in
  *[!0-9a-fTZ/-]* | */*/* | /* | */) ;;
  *) pick "var/lib/ctfleet/$part/reverted" ;;
  esac
}
left_behind
pick_line '^left '
