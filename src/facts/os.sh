whole etc/os-release usr/lib/os-release etc/redhat-release etc/debian_version
