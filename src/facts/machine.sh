whole proc/sys/kernel/arch sys/devices/system/cpu/online
pick proc/self/smaps
pick_line '^KernelPageSize'

# Kernels before 6.1 do not show it in /proc.
[ -r proc/sys/kernel/arch ] || emit arch "$(uname -m 2>/dev/null)"

# A line for each CPU, on hosts whose /sys is hidden.
if ! [ -r sys/devices/system/cpu/online ]; then
  pick proc/stat
  pick_line '^cpu[0-9]'
fi
emit uid "$(id -u 2>/dev/null)"
