#!/bin/sh
# Makes the disk of the virtual machine: a stock Debian with its stock kernel, and a way in for the tests. It stands in a
# cache folder under the digest of this recipe and of the packages' versions, and is made once; `current` leads to it.
set -eu
cd "$(dirname "$0")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/ctfleet-vm
packages='linux-image-cloud-amd64 systemd systemd-sysv dbus udev kmod procps iproute2 openssh-server sudo iptables
  iptables-persistent'

# What costs an emulated machine seconds, and has nothing to do with connection tracking.
masked='getty@.service serial-getty@.service modprobe@.service dev-hugepages.mount dev-mqueue.mount
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount
  systemd-pstore.service systemd-update-utmp.service systemd-update-utmp-runlevel.service
  systemd-tmpfiles-clean.timer apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer'

# This machine's own sources of Debian, wherever its mirror is; nothing: mmdebstrap's choice.
sources() {
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    if grep -q '^[^#]*debian' "$file" 2>/dev/null; then
      echo "$file"
      return
    fi
  done
}

release() {
  sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# What apt here would install: another kernel is another image.
versions() {
  # shellcheck disable=SC2086 # a list of package names
  apt-cache policy $packages 2>/dev/null | grep -E '^[^ ]|Candidate:' || true
}

install_debian() {
  # shellcheck disable=SC2046 # one file or none
  mmdebstrap --quiet --variant=apt --mode=root --format=directory --include="$(echo "$packages" | tr -s ' \n' ,)" \
    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Acquire::Languages "none"' \
    "$(release)" "$1" $(sources) >&2
}

# Root and the operator log in with one key; the operator becomes root with sudo.
let_in() {
  root=$1
  chroot "$root" useradd --create-home --shell /bin/bash ops
  echo 'ops ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ops"
  for home in "$root/root" "$root/home/ops"; do
    mkdir -p "$home/.ssh"
    chmod 700 "$home/.ssh"
    cp "$2" "$home/.ssh/authorized_keys"
  done
  chroot "$root" chown -R ops:ops /home/ops
  printf 'UseDNS no\nMaxStartups 100\n' >"$root/etc/ssh/sshd_config.d/vm.conf"
}

fit_out() {
  root=$1
  echo vm >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 vm\n' >"$root/etc/hosts"
  echo '/dev/vda / ext4 noatime 0 1' >"$root/etc/fstab"
  printf '[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n' >"$root/etc/systemd/network/vm.network"
  chroot "$root" systemctl --quiet enable systemd-networkd.service
  # shellcheck disable=SC2086 # a list of units
  chroot "$root" systemctl --quiet mask $masked
  : >"$root/etc/machine-id"
}

build() {
  folder=$1
  ssh-keygen -q -t ed25519 -N '' -C vm -f "$folder/key"
  install_debian "$folder/root"
  let_in "$folder/root" "$folder/key.pub"
  fit_out "$folder/root"
  cp -L "$folder/root/vmlinuz" "$folder/root/initrd.img" "$folder"
  cut -d ' ' -f 1,2 "$folder/root/etc/ssh/ssh_host_ed25519_key.pub" >"$folder/host_key"
  mke2fs -q -t ext4 -d "$folder/root" "$folder/disk.img" 1536M >&2
  rm -rf "$folder/root"
}

umask 022
mkdir -p "$cache"
exec 9>"$cache/lock"
flock -w 900 9

key=$( (cat ./image.sh; versions) | sha256sum | cut -c 1-16)
if [ ! -e "$cache/$key/disk.img" ]; then
  started=$(date +%s)
  echo "Making the virtual machine's disk in $cache/$key; this takes a few minutes, once." >&2
  fresh=$cache/making
  rm -rf "$fresh"
  mkdir "$fresh"
  build "$fresh"
  rm -rf "${cache:?}/$key"
  mv "$fresh" "$cache/$key"
  echo "Made in $(($(date +%s) - started)) s." >&2
fi
ln -sfn "$key" "$cache/current"
touch "$cache/$key"
# Images of older recipes go once nobody has used them for a week.
find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +7 -exec rm -rf {} +
