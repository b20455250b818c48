whole proc/sys/kernel/osrelease proc/sys/kernel/random/boot_id proc/uptime proc/cmdline
