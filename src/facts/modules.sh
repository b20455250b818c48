whole proc/modules
