whole proc/modules proc/sys/kernel/modules_disabled
