# The pipes beside the locks end in .ref.
whole 'run/systemd/inhibit/*[0-9]'
mark run/systemd/inhibit run/systemd/system
whole etc/systemd/system/reboot.target run/systemd/system/reboot.target
whole etc/systemd/system/systemd-reboot.service run/systemd/system/systemd-reboot.service
mark var/lib/dpkg/updates 'var/lib/dpkg/updates/[0-9]*'
