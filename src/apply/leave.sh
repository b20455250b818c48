# leave COMMAND...: starts what outlives this session: no descriptor of ours, no terminal; a shutdown can stop it.
leave() {
  (
    trap - TERM
    if command -v setsid >/dev/null; then
      exec setsid "$@"
    else
      exec nohup "$@"
    fi
  ) </dev/null >/dev/null 2>&1 &
}
