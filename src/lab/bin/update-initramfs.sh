#!/bin/sh
# update-initramfs and dracut of a practice host: its initramfs gets the modprobe.d of today.
state=${CTFLEET_LAB_STATE:?} root=${CTFLEET_LAB_ROOT:?}
[ -f "$state/image-path" ] || exit 0
rm -rf "$state/image/etc/modprobe.d"
cp -Rp "$root/etc/modprobe.d" "$state/image/etc/modprobe.d"
read -r path <"$state/image-path"
touch "$root$path"
