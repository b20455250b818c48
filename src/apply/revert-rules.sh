# Rules of the firewall go back as they were live before its restart, where nobody has changed them since.
# shellcheck disable=SC2154,SC2034 # the parts are one script: they share variables

# back_rules STEP SERVICE
back_rules() {
  ! is_already "$1" && [ -e "$own/did-$1" ] || return 0
  name_rule_tools "$2"
  for tool in $tools; do back_tool_rules "$own/rules-$1-$tool" "$tool"; done
}

# back_tool_rules FILES TOOL
back_tool_rules() {
  [ -r "$1-before" ] || return 0
  ours=
  before=$(cat "$1-before")
  [ ! -r "$1-after" ] || ours=$(cat "$1-after")
  gap=
  if ! list_rules "$2"; then
    [ -n "$asks" ] || say_left "rules of $2" "${gap:-they cannot be listed}"
    return 0
  fi
  if [ "$listed" = "$before" ]; then
    :
  elif is_later_boot; then
    [ -n "$asks" ] || say_left "rules of $2" "they were loaded anew at boot"
  elif [ -r "$1-after" ] && [ "$listed" != "$ours" ]; then
    if [ -n "$asks" ]; then tell_state "rules of $2" now before after; else say_left "rules of $2" "changed by somebody since"; fi
  elif [ -z "$asks" ]; then
    load_rules "$1-again" "$2"
  fi
}

# back_boot_rules STEP SERVICE: this boot has loaded rules from a file that has gone back.
back_boot_rules() {
  is_our_boot && ! is_already "$1" || return 0
  name_rule_tools "$2"
  for tool in $tools; do
    [ -r "$own/rules-$1-$tool-before" ] || continue
    before=$(cat "$own/rules-$1-$tool-before")
    gap=
    if ! list_rules "$tool"; then
      say_left "rules of $tool" "${gap:-they cannot be listed}"
    elif [ "$listed" != "$before" ]; then
      load_rules "$own/rules-$1-$tool-again" "$tool"
    fi
  done
}

# load_rules FILE TOOL: all at once or nothing.
load_rules() {
  if [ "$2" = nft ]; then
    error=$(emit "flush ruleset$nl$before$nl" 2>&1 >"$1" && bounded nft -f "$1" 2>&1)
  else
    error=$({ emit "$before$nl"; empty_tables; } 2>&1 >"$1" && bounded "$2-restore" 2>&1 <"$1")
  fi && { say_back "rules of $2"; return 0; }
  say_left "rules of $2" "$error"
}

# empty_tables: those that came with the restart, for there is no text of them before.
empty_tables() {
  emit "$listed$nl==$nl$before$nl" | awk '
    $0 == "==" { half = 1; next }
    half && /^\*/ { had[$0] }
    half { next }
    /^\*/ { table = $0; names[++count] = table; next }
    /^:/ && $2 != "-" { chains[table] = chains[table] $1 " ACCEPT [0:0]\n" }
    END { for (i = 1; i <= count; i++) if (!(names[i] in had)) printf "%s\n%sCOMMIT\n", names[i], chains[names[i]] }'
}
