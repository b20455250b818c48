whole sys/fs/selinux/enforce selinux/enforce
pick proc/filesystems
pick_line '^nodev[[:space:]]*selinuxfs$'
