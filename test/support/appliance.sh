#!/bin/sh
# Makes a file tree with nothing in it but busybox and dropbear, and becomes its dropbear. Started by dropbear.ts under unshare.
# Arguments: the host's folder, then the arguments of dropbear.
set -eu
base=$1
shift
root=$base/root

mkdir "$root"
mount -t tmpfs -o mode=0755 appliance "$root"
cd "$root"
mkdir bin dev etc etc/dropbear etc/sysctl.d home home/operator proc root root/.ssh run sbin sys tmp usr usr/bin usr/sbin var var/lib var/log
chmod 0700 root root/.ssh home/operator
chmod 1777 tmp

# with_libraries PROGRAM...: copies programs as they stand, and what their loader needs.
with_libraries() {
  for program; do
    cp -L --parents "$program" .
    for library in $(ldd "$program" | grep -o '/[^ ]*'); do
      [ -e ".$library" ] || cp -L --parents "$library" .
    done
  done
}
with_libraries /usr/sbin/dropbear
with_libraries /bin/busybox

cp "$base/authorized_keys" root/.ssh/authorized_keys
cp "$base/passwd" "$base/group" etc/
cp "$base/shadow" etc/shadow
chmod 0644 etc/passwd etc/group
chmod 0600 root/.ssh/authorized_keys etc/shadow
mkdir home/operator/.ssh
cp root/.ssh/authorized_keys home/operator/.ssh/
chown -R 7002:7002 home/operator
cp "$base/hostkey" etc/dropbear/
echo appliance >etc/hostname

mount -t proc proc proc
mount -t sysfs sys sys
mount --rbind /dev dev
chroot . /bin/busybox --install -s
exec chroot . /usr/sbin/dropbear "$@"
