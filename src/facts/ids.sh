pick etc/passwd etc/group
owner_lines
