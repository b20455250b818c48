whole proc/1/comm
pick proc/1/status
pick_line '^Name:'
mark run/systemd/system run/openrc sbin/openrc-run etc/rc.d/init.d etc/init.d
mode sbin/init
