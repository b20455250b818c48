#!/bin/sh
# Makes this mount namespace a host with files of its own, then becomes its sshd.
# Arguments: the host's folder, then the arguments of sshd. Started by sshd.ts under unshare.
set -eu
base=$1
shift

mkdir "$base/tmpfs"
mount -t tmpfs -o mode=0755 host "$base/tmpfs"
for folder in /etc /var/lib /var/log /root /home; do
  name=$(printf %s "$folder" | tr / _)
  mkdir "$base/tmpfs/$name" "$base/tmpfs/$name/upper" "$base/tmpfs/$name/work"
  # The upper folder is the folder that people see: same mode and owner as the one below.
  chmod --reference="$folder" "$base/tmpfs/$name/upper"
  mount -t overlay -o "lowerdir=$folder,upperdir=$base/tmpfs/$name/upper,workdir=$base/tmpfs/$name/work" host "$folder"
done
mount -t tmpfs -o mode=0755 host /run
mount -t tmpfs -o mode=1777 host /tmp
mkdir /run/sshd

for account in passwd shadow group; do
  cat "$base/../$account" >>"/etc/$account"
done
cat "$base/../sudoers" >/etc/sudoers.d/ctfleet-test
chmod 0440 /etc/sudoers.d/ctfleet-test
while IFS=: read -r _ _ uid gid _ home _; do
  mkdir "$home"
  chown "$uid:$gid" "$home"
done <"$base/../passwd"

exec /usr/sbin/sshd "$@"
