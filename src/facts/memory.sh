pick proc/meminfo
pick_line '^MemTotal:'
pick_line '^MemAvailable:'
pick_line '^LowTotal:'
whole sys/devices/system/memory/block_size_bytes

# Thousands of blocks on a large host: only their number and how many say `online` (seven bytes with the line feed).
memory_blocks() {
  set -- sys/devices/system/memory/memory[0-9]*/state
  [ -e "$1" ] || return
  online=$(grep -hsx online "$@" 2>/dev/null)
  emit blocks "$# $(((${#online} + 1) / 7))"
}
memory_blocks
